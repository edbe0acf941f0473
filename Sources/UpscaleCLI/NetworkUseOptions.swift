import ArgumentParser
import Upscale

/// What is made of the network beside its plain result.
struct NetworkUseOptions: ParsableArguments {
  @Flag(
    help: """
      Enlarge in all eight positions, mirrored and turned, and average (test-time augmentation, \
      self-ensemble): a little nearer to the truth, for eight times the work.
      """)
  var tta = false

  @Option(
    help: ArgumentHelp(
      """
      The network's share of the result, 0 to 1; the rest is a plain enlargement, without invented \
      detail. (default: 1)
      """, valueName: "share"))
  var strength: RealNumber?

  /// The network's share of the result.
  var share: Double { strength?.value ?? 1 }

  func check() throws(UpscaleError) {
    if let strength { try strength.checkShare("--strength") }
  }
}
