/// Networks that are not supported, recognised by a tensor that only they have, so that a refusal can say
/// what a file seems to be.
enum LookAlikes {
  /// A name, and the tensors of which one is enough. A name that ends with a dot starts a tensor's; one
  /// that starts with a dot ends it.
  private static let signs: [(name: String, tensors: [String])] = [
    ("SPSR", ["f_HR_conv1.0.weight", "b_fea_conv.weight", "b_fea_conv.0.weight"]),
    ("SOFVSR", ["OFR.", "SR.body."]),
    ("MMRealSR", ["am_list.", "de_net.", "degradation_"]),
    ("SPANPlus", ["feats.0.eval_conv.weight", "feats.0.conv3.eval_conv.weight"]),
    ("HAT", ["layers.0.residual_group.blocks.0.conv_block.cab.0.weight"]),
    ("ATD", ["layers.0.residual_group.td", "layers.0.residual_group.layers.0.sigma"]),
    ("CRAFT", ["layers.0.residual_group.hf_blocks.0.attn.temperature"]),
    ("DRCT", ["layers.0.swin1.norm1.weight"]),
    ("RGT", ["layers.0.blocks.0.gamma"]),
    ("DAT", ["layers.0.blocks.0.ffn.sg.norm.weight", "before_RG.1.weight"]),
    (
      "GRL", ["layers.0.blocks.0.attn.window_attn.attn_transform.logit_scale", "norm_start.weight"]
    ),
    ("SRFormer", [".attn.aligned_relative_position_index", ".mlp.conv.depthwise_conv.0.weight"]),
    ("Swin2SR", ["layers.0.residual_group.blocks.0.attn.logit_scale"]),
    ("SwinIR", ["layers.0.residual_group.blocks.0.norm1.weight"]),
    ("OmniSR", ["residual_layer.0.residual_layer.0.layer.0.fn.0.weight"]),
    ("RealPLKSR", ["feats.1.lk.conv.weight", "feats.1.lk.convs.0.weight"]),
    ("SAFMN", ["feats.0.safm.mfr.0.weight", "feats.0.layers.0.safm.mfr.0.weight"]),
    ("RealCUGAN", ["unet1.conv1.conv.0.weight"]),
    ("RCAN", ["body.0.body.0.body.0.weight"]),
    ("EDSR", ["body.0.body.0.weight", "head.0.weight"]),
    ("SRResNet", ["body.0.conv1.weight"]),
    ("MoSR", ["gblocks.1.conv.weight"]),
    ("MoESR", ["in_to_dim.weight"]),
    ("FDAT", ["groups.0.blocks.0.attn.bias"]),
    ("DITN", ["UFONE.0.ITLs.0.attn.temperature"]),
    ("DCTLSA", ["B1.body.0.transformer_body.0.blocks.0.attn.qkv.weight"]),
    ("SeemoRe", ["body.0.local_block.norm_1.weight"]),
    ("SwiftSRGAN", ["initial.cnn.depthwise.weight"]),
    ("IPT", ["sub_mean.weight"]),
    ("FBCNN", ["qf_pred.0.res.0.weight"]),
    ("DRUNet", ["m_head.weight"]),
    ("SCUNet", ["m_head.0.weight"]),
    ("NAFNet", ["middle_blks.0.beta"]),
    ("KBNet", ["middle_blks.0.w"]),
    ("LaMa", ["model.model.1.bn_l.running_mean", "generator.model.1.bn_l.running_mean"]),
    ("GFPGAN", ["stylegan_decoder.style_mlp.1.weight"]),
    ("RestoreFormer", ["quantize.embedding.weight"]),
    ("RetinexFormer", ["body.0.estimator.conv1.weight"]),
    ("FFTformer", ["encoder_level1.0.ffn.fft"]),
    ("Uformer", ["encoderlayer_0.blocks.0.norm1.weight"]),
    ("AuraSR", ["mid_attn.layers.0.0.to_out.weight"]),
    ("MixDehazeNet", ["layer1.blocks.0.norm1.running_mean"]),
    ("HVICIDNet", ["HVE_block0.1.weight"]),
    ("Stable Diffusion", ["model.diffusion_model.", "first_stage_model."]),
    ("ESRGAN's discriminator", ["features.0.weight", "conv0.weight_orig"]),
    ("VGG", ["features.0.0.weight"]),
    ("PPON", ["model.1.sub.0.RB1.c1_r.weight"]),
    ("DnCNN", ["model.2.running_mean"]),
  ]

  /// What the tensors with these names seem to be; nil if nothing is recognised.
  static func name<Names: Collection<String>>(of tensors: Names) -> String? {
    let names = Set(tensors)
    func has(_ sign: String) -> Bool {
      if sign.hasSuffix(".") || sign.hasSuffix("_") { return names.contains { $0.hasPrefix(sign) } }
      if sign.hasPrefix(".") { return names.contains { $0.hasSuffix(sign) } }
      return names.contains(sign)
    }
    return signs.first { $0.tensors.contains(where: has) }?.name
  }
}
