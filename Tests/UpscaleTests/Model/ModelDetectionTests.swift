import Testing

@testable import Upscale

@Suite struct ModelDetectionTests {
  private func architecture(_ tensors: [String: Tensor]) throws -> Architecture {
    try Model(name: "test", tensors: tensors).architecture
  }

  @Test(arguments: [
    (3, 6, 2, 1, 2, 1, 4),  // x4
    (12, 6, 2, 1, 2, 2, 2),  // x2 by pixel-unshuffle
    (48, 6, 2, 1, 2, 4, 1),  // x1 by pixel-unshuffle
    (3, 6, 2, 1, 1, 1, 2),  // x2 with one upsampling
    (3, 8, 4, 2, 3, 1, 8),  // x8
    (3, 8, 4, 1, 4, 1, 16),  // x16
    (3, 32, 16, 12, 2, 1, 4),  // the "lite" networks
    (3, 5, 7, 3, 2, 1, 4),  // odd numbers, gc above nf
  ])
  func rrdbNetsAreRecognised(
    inputs: Int, features: Int, growth: Int, blocks: Int, upsamplings: Int, unshuffle: Int,
    scale: Int
  ) throws {
    let found = try architecture(
      rrdbTensors(
        inputs: inputs, features: features, growth: growth, blocks: blocks,
        upsamplings: upsamplings))
    let shape = RRDBNetShape(
      inputChannels: 3, outputChannels: 3, features: features, growth: growth, blocks: blocks,
      upsamplings: upsamplings, unshuffle: unshuffle)
    #expect(found == .rrdbNet(shape))
    #expect(found.scale == scale)
  }

  @Test(arguments: [(1, 1), (4, 2)])
  func grayNetworksAreRecognised(inputs: Int, unshuffle: Int) throws {
    guard case .rrdbNet(let shape) = try architecture(rrdbTensors(inputs: inputs, outputs: 1))
    else {
      Issue.record("not an RRDBNet")
      return
    }
    #expect(shape.unshuffle == unshuffle)
    #expect(shape.inputChannels == 1)
    #expect(shape.outputChannels == 1)
  }

  @Test(arguments: [(4, 4, 4), (1, 3, 1), (3, 1, 3), (3, 4, 3), (16, 4, 4)])
  func networksOfOtherChannelsAreRecognised(inputs: Int, outputs: Int, channels: Int) throws {
    let found = try architecture(rrdbTensors(inputs: inputs, outputs: outputs))
    #expect(found.channels == (channels, outputs))
    guard inputs < 16 else { return }
    // Of what is added to its enlarged input an SRVGGNetCompact can make nothing else.
    let tensors = compactTensors(inputs: inputs, outputs: outputs, scale: 3)
    if inputs == outputs || inputs == 1 {
      #expect(try architecture(tensors).channels == (inputs, outputs))
    } else {
      expectRefusal(.badModel, "channels into") { _ = try architecture(tensors) }
    }
  }

  @Test("The x1 of old models enlarges nothing")
  func withoutUpsampling() throws {
    let found = try architecture(rrdbTensors(upsamplings: 0))
    #expect(found.scale == 1)
  }

  @Test func networksHaveLimits() {
    expectRefusal(.badModel, "maps of 1030 channels") {
      _ = try architecture(compactTensors(features: 1030, convolutions: 0, scale: 1))
    }
  }

  @Test(arguments: [(4, 16, 4), (10, 3, 2), (2, 0, 3), (6, 32, 1), (3, 1, 8)])
  func compactNetsAreRecognised(features: Int, convolutions: Int, scale: Int) throws {
    let found = try architecture(
      compactTensors(features: features, convolutions: convolutions, scale: scale))
    let shape = SRVGGNetCompactShape(
      inputChannels: 3, outputChannels: 3, features: features, convolutions: convolutions,
      scale: scale)
    #expect(found == .srvggNetCompact(shape))
  }

  @Test(arguments: [["params_ema."], ["params."], ["module."], ["params.", "module."]])
  func wrappersAroundAllNamesComeOff(_ wrappers: [String]) throws {
    let prefix = wrappers.joined()
    let wrapped = Dictionary(
      uniqueKeysWithValues: rrdbTensors().map { (prefix + $0.key, $0.value) })
    let model = try Model(name: "test", tensors: wrapped)
    #expect(model.tensors.keys.sorted() == rrdbTensors().keys.sorted())
    #expect(try model.floats("conv_last.bias") == rrdbTensors()["conv_last.bias"]?.floats())
  }

  @Test func aWrapperAroundSomeNamesStays() {
    var tensors = rrdbTensors()
    tensors["params.conv_first.weight"] = tensors["conv_first.weight"]
    expectRefusal(.badModel, "'params.conv_first.weight' is no part of an RRDBNet") {
      _ = try architecture(tensors)
    }
  }

  @Test(arguments: [false, true])
  func everyMissingTensorIsRefused(isCompact: Bool) {
    let tensors = isCompact ? compactTensors() : rrdbTensors()
    for name in tensors.keys {
      var lacking = tensors
      lacking[name] = nil
      // Without its first slopes it looks like a network that has none.
      let hasNoSlopes = isCompact && name == "body.1.weight"
      expectRefusal(hasNoSlopes ? .unknownActivation : .badModel) {
        _ = try architecture(lacking)
      }
    }
  }

  @Test func missingTensorsAreNamed() {
    let names = [
      "conv_first.bias", "body.0.rdb1.conv1.bias", "body.0.rdb2.conv3.weight", "conv_body.weight",
      "conv_hr.bias", "conv_last.weight", "conv_up2.bias",
    ]
    for name in names {
      var tensors = rrdbTensors()
      tensors[name] = nil
      expectRefusal(.badModel, "'\(name)' is missing") { _ = try architecture(tensors) }
    }
  }

  @Test(arguments: [
    ("body.0.rdb3.conv5.weight", [6, 15, 3, 3]), ("body.1.rdb1.conv1.weight", [3, 6, 3, 3]),
    ("conv_body.bias", [7]), ("conv_body.bias", [1, 6]), ("conv_up1.weight", [24, 6, 3, 3]),
    ("conv_hr.weight", [6, 6, 1, 1]), ("conv_last.weight", [3, 6, 9]),
    ("conv_first.weight", [0, 3, 3, 3]),
  ])
  func wrongShapesAreRefusedByName(_ name: String, _ shape: [Int]) {
    var tensors = rrdbTensors(blocks: 2)
    tensors[name] = distinctTensor(shape)
    expectRefusal(.badModel, "'\(name)'", "\(shape)") { _ = try architecture(tensors) }
  }

  @Test(arguments: ["body.1.weight", "body.3.weight"])
  func wrongSlopesAreRefusedByName(_ name: String) {
    var tensors = compactTensors()
    tensors[name] = distinctTensor([1])
    expectRefusal(.badModel, "'\(name)'", "[1]") { _ = try architecture(tensors) }
  }

  @Test(arguments: [
    "body.7.rdb1.conv1.weight", "conv_up4.weight", "body.0.rdb1.conv6.weight", "optimizer.step",
  ])
  func lookAlikesAreRefusedByTheForeignTensor(_ name: String) {
    var tensors = rrdbTensors()
    tensors[name] = distinctTensor([6, 6, 3, 3])
    expectRefusal(.badModel, "'\(name)' is no part of an RRDBNet") { _ = try architecture(tensors) }
  }

  @Test(arguments: [
    ("SPSR", "f_HR_conv1.0.weight"), ("SPSR", "b_fea_conv.weight"),
    ("MMRealSR", "am_list.0.weight"),
    ("SwinIR", "layers.0.residual_group.blocks.0.norm1.weight"),
  ])
  func lookAlikesAreRefusedByName(_ name: String, _ tensor: String) {
    var tensors = rrdbTensors()
    tensors[tensor] = distinctTensor([6, 6, 3, 3])
    expectRefusal(.badModel, "seems to be of the network \(name)") {
      _ = try architecture(tensors)
    }
  }

  @Test(
    "Other networks are refused by name",
    arguments: [
      ("SOFVSR", "OFR.RNN1.0.weight"), ("SPANPlus", "feats.0.eval_conv.weight"),
      ("HAT", "layers.0.residual_group.blocks.0.conv_block.cab.0.weight"),
      ("DAT", "layers.0.blocks.0.ffn.sg.norm.weight"),
      ("OmniSR", "residual_layer.0.residual_layer.0.layer.0.fn.0.weight"),
      ("RealPLKSR", "feats.1.lk.conv.weight"), ("RCAN", "body.0.body.0.body.0.weight"),
    ])
  func otherNetworks(_ name: String, _ tensor: String) {
    expectRefusal(.badModel, "seems to be of the network \(name)") {
      _ = try architecture([
        tensor: distinctTensor([6, 6, 3, 3]), "conv_x.bias": distinctTensor([6]),
      ])
    }
  }

  @Test func shortcutsOfWrongShapeAreRefused() {
    var tensors = rrdbTensors()
    tensors["body.0.rdb1.conv1x1.weight"] = distinctTensor([6, 6, 3, 3])
    expectRefusal(.badModel, "'body.0.rdb1.conv1x1.weight'") { _ = try architecture(tensors) }
  }

  @Test func compactLookAlikesAreRefused() {
    var foreign = compactTensors()
    foreign["tail.0.weight"] = distinctTensor([4])
    expectRefusal(.badModel, "'tail.0.weight' is no part of an SRVGGNetCompact") {
      _ = try architecture(foreign)
    }
    var slopeWithBias = compactTensors()
    slopeWithBias["body.1.bias"] = distinctTensor([4])
    expectRefusal(.badModel, "'body.1.bias'") { _ = try architecture(slopeWithBias) }
    expectRefusal(.badModel, "'body.6.weight' gives 13 channels") {
      var tensors = compactTensors()
      tensors["body.6.weight"] = distinctTensor([13, 4, 3, 3])
      tensors["body.6.bias"] = distinctTensor([13])
      _ = try architecture(tensors)
    }
  }

  @Test func unknownNetworksAreRefusedByTheirFirstTensor() {
    expectRefusal(.badModel, "is no RRDBNet", "'model.0.weight'") {
      _ = try architecture(["model.0.weight": distinctTensor([6, 3, 3, 3])])
    }
    expectRefusal(.badModel, "is no RRDBNet") { _ = try architecture([:]) }
  }

  @Test(arguments: [(5, 3), (6, 3), (27, 3), (3, 2)])
  func otherChannelCountsAreRefused(inputs: Int, outputs: Int) {
    expectRefusal(.badModel, "channels") {
      _ = try architecture(rrdbTensors(inputs: inputs, outputs: outputs))
    }
  }

  @Test(arguments: [(12, 0), (3, 5), (48, 1)])
  func impossibleScalesAreRefused(inputs: Int, upsamplings: Int) {
    expectRefusal(.badModel, "\(upsamplings) upsampling") {
      _ = try architecture(rrdbTensors(inputs: inputs, upsamplings: upsamplings))
    }
  }

  @Test func notANumberIsRefusedByName() {
    var tensors = rrdbTensors()
    tensors["body.0.rdb2.conv2.bias"] = Tensor(shape: [2], floats: [0, .nan])
    expectRefusal(.badModel, "'body.0.rdb2.conv2.bias'", "NaN") { _ = try architecture(tensors) }
  }
}
