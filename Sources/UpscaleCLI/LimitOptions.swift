import ArgumentParser
import Upscale

/// Limits on what is read.
struct LimitOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Refuse an input of more pixels than this. (default: \(PictureLimits().pixels))",
      valueName: "n"),
    transform: OptionValue.whole(1...Int.max))
  var maxPixels = PictureLimits().pixels

  @Option(
    help: ArgumentHelp(
      "Refuse an input with a side longer than this. (default: \(PictureLimits().side))",
      valueName: "n"),
    transform: OptionValue.whole(1...Int.max))
  var maxSide = PictureLimits().side

  @Option(
    help: ArgumentHelp(
      "Refuse an input file of more bytes than this. (default: \(PictureLimits().fileBytes))",
      valueName: "n"),
    transform: OptionValue.whole(1...Int.max))
  var maxFileSize = PictureLimits().fileBytes

  var limits: PictureLimits {
    var limits = PictureLimits()
    limits.pixels = maxPixels
    limits.side = maxSide
    limits.fileBytes = maxFileSize
    return limits
  }
}
