import ArgumentParser
import Upscale

/// What is made of the network beside its plain result.
struct NetworkUseOptions: ParsableArguments {
  @Flag(
    help: """
      Enlarge in all eight positions, mirrored and turned, and average (test-time augmentation, \
      self-ensemble): less of what a network invents by chance, for eight times the work.
      """)
  var tta = false

  @Option(
    help: ArgumentHelp(
      """
      The network's share of the result, 0 to 1; the rest is a plain enlargement, without invented \
      detail. (default: 1)
      """, valueName: "share"), transform: OptionValue.share)
  var strength: Double?

  @Option(
    help: ArgumentHelp(
      """
      Blend the weights with those of another model of the same shape, of which SHARE (0 to 1) is taken.
      """, valueName: "model:share"), transform: BlendOption.init(text:))
  var blend: BlendOption?

  @Option(
    help: ArgumentHelp(
      """
      How much noise is taken away, 0 to 1, by a model with a partner that keeps it: \
      realesr-general-x4v3 with realesr-general-wdn-x4v3 beside it (Real-ESRGAN's -dn). (default: 1)
      """, valueName: "share"), transform: OptionValue.share)
  var denoise: Double?

  /// The network's share of the result.
  var share: Double { strength ?? 1 }

  func validate() throws {
    if blend != nil, denoise != nil {
      throw ValidationError("choose one of --blend and --denoise: each makes one model of two")
    }
  }

  /// Refuses what does not go with a choice of the model.
  ///
  /// - Parameters:
  ///   - model: what `--model` says.
  ///   - scale: what `--model auto` has to reach.
  /// - Throws: `ValidationError`.
  func validate(with model: String, scale: Double?) throws {
    guard model == RequestedModel.automatic else { return }
    guard blend == nil, denoise == nil else {
      throw ValidationError(
        "--model auto chooses one model; name the one for --blend or --denoise")
    }
    guard scale != nil else {
      throw ValidationError("--model auto chooses by --scale: give one, or name a model")
    }
  }

  /// What is blended into a model, and its share.
  ///
  /// - Throws: `.badModel` where the model has no partner.
  func blended(
    into model: ModelReference, library: ModelLibrary
  ) throws(UpscaleError) -> (reference: ModelReference, share: Double)? {
    if let blend { return (ModelReference(blend.model), blend.share) }
    guard let denoise else { return nil }
    // 1 - 0.9 in nine digits: the share is told and recorded.
    return (try library.noisyPartner(of: model), ((1 - denoise) * 1e9).rounded() / 1e9)
  }
}
