import ArgumentParser
import Upscale

/// Limits on what is read.
struct LimitOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("Refuse an input of more pixels than this.", valueName: "n"))
  var maxPixels = WholeNumber(PictureLimits().pixels)

  @Option(
    help: ArgumentHelp("Refuse an input with a side longer than this.", valueName: "n"))
  var maxSide = WholeNumber(PictureLimits().side)

  @Option(
    help: ArgumentHelp("Refuse an input file of more bytes than this.", valueName: "n"))
  var maxFileSize = WholeNumber(PictureLimits().fileBytes)

  func limits() throws(UpscaleError) -> PictureLimits {
    var limits = PictureLimits()
    limits.pixels = try maxPixels.check("--max-pixels", in: 1...Int.max)
    limits.side = try maxSide.check("--max-side", in: 1...Int.max)
    limits.fileBytes = try maxFileSize.check("--max-file-size", in: 1...Int.max)
    return limits
  }
}
