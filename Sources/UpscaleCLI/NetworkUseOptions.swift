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
      """, valueName: "share"))
  var strength: RealNumber?

  @Option(
    help: ArgumentHelp(
      """
      Blend the weights with those of another model of the same shape, of which SHARE (0 to 1) is taken.
      """, valueName: "model:share"))
  var blend: String?

  @Option(
    help: ArgumentHelp(
      """
      How much noise is taken away, 0 to 1, by a model with a partner that keeps it: \
      realesr-general-x4v3 with realesr-general-wdn-x4v3 beside it (Real-ESRGAN's -dn). (default: 1)
      """, valueName: "share"))
  var denoise: RealNumber?

  /// The network's share of the result.
  var share: Double { strength?.value ?? 1 }

  /// - Parameter model: what `--model` says.
  /// - Throws: `.usage`.
  func check(with model: String) throws(UpscaleError) {
    if let strength { try strength.checkShare("--strength") }
    if let denoise { try denoise.checkShare("--denoise") }
    _ = try otherModel()
    guard blend != nil || denoise != nil else { return }
    if blend != nil, denoise != nil {
      throw UpscaleError(.usage, "choose one of --blend and --denoise: each makes one model of two")
    }
    if model == RequestedModel.automatic {
      throw UpscaleError(
        .usage, "--model auto chooses one model; name the one for --blend or --denoise")
    }
  }

  /// The model and share of `--blend`.
  private func otherModel() throws(UpscaleError) -> (name: String, share: Double)? {
    guard let blend else { return nil }
    guard let colon = blend.lastIndex(of: ":"), colon != blend.startIndex else {
      throw UpscaleError(
        .usage, "--blend must be a model and its share, such as 4x-Other:0.3, not '\(blend)'")
    }
    let share = RealNumber(argument: String(blend[blend.index(after: colon)...]))
    try share.checkShare("the share of --blend")
    return (String(blend[..<colon]), share.value ?? 0)
  }

  /// What is blended into a model, and its share.
  ///
  /// - Throws: `.badModel` where the model has no partner.
  func blended(
    into model: ModelReference, library: ModelLibrary
  ) throws(UpscaleError) -> (reference: ModelReference, share: Double)? {
    if let other = try otherModel() { return (ModelReference(other.name), other.share) }
    guard let share = denoise?.value else { return nil }
    // 1 - 0.9 in nine digits: the share is told and recorded.
    return (try library.noisyPartner(of: model), ((1 - share) * 1e9).rounded() / 1e9)
  }
}
