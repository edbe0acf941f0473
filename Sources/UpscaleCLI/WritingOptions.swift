import ArgumentParser
import Upscale

/// How the format of the output is written: choices that only some formats have.
struct WritingOptions: ParsableArguments {
  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "Quality of JPEG and lossy WebP, 1 to 100. (default: 95 for JPEG, 90 for WebP)",
      valueName: "q"), transform: OptionValue.whole(1...100))
  var quality: Int?

  @Flag(help: "Write WebP without loss (PNG never loses anything).")
  var lossless = false

  @Option(
    help: ArgumentHelp(
      """
      Write WebP without loss after changing colours a little, which makes it smaller: 0 for most \
      change, 100 for none.
      """, valueName: "n"), transform: OptionValue.whole(0...100))
  var nearLossless: Int?

  @Option(
    help: ArgumentHelp(
      "Effort to make WebP small, 0 to 6. (default: 4)", valueName: "n"),
    transform: OptionValue.whole(0...6))
  var effort: Int?

  @Option(
    help: ArgumentHelp(
      "Effort to make PNG small, 0 (stored) to 9. (default: 4)", valueName: "n"),
    transform: OptionValue.whole(0...9))
  var compression: Int?

  @Option(
    help: ArgumentHelp(
      """
      Colour resolution of JPEG: full, half or a quarter of the pixels. (default: 4:4:4 from quality \
      90 on, 4:2:0 below)
      """, valueName: "4:4:4|4:2:2|4:2:0"))
  var subsampling: ChromaSubsampling?

  @Flag(
    help: """
      Write JPEG in several passes, coarse ones first; the coefficients of the whole picture are in \
      memory, 3 to 6 bytes for each pixel of the result.
      """)
  var progressive = false

  var encoding: EncodingOptions {
    var options = EncodingOptions(quality: quality, lossless: lossless)
    options.nearLossless = nearLossless
    options.effort = effort
    options.compression = compression
    options.subsampling = subsampling
    options.isProgressive = progressive
    return options
  }

  func validate() throws {
    if lossless, quality != nil {
      throw ValidationError("choose one of --lossless and --quality")
    }
    if nearLossless != nil, lossless || quality != nil {
      throw ValidationError(
        "choose one of --near-lossless and \(lossless ? "--lossless" : "--quality")")
    }
  }

  /// Refuses what the format does not have.
  func check(_ format: PictureFormat) throws(UpscaleError) {
    func refuse(_ sentence: String, if isAsked: Bool) throws(UpscaleError) {
      if isAsked { throw UpscaleError(.usage, sentence) }
    }
    if format == .png {
      try refuse("PNG has no quality to choose; leave out --quality", if: quality != nil)
    }
    if format == .jpeg {
      try refuse("JPEG always loses a little; --lossless needs WebP or PNG", if: lossless)
    } else {
      try refuse("--subsampling is for JPEG, not \(format.name)", if: subsampling != nil)
      try refuse("--progressive is for JPEG, not \(format.name)", if: progressive)
    }
    if format != .webp {
      try refuse("--near-lossless is for WebP, not \(format.name)", if: nearLossless != nil)
      try refuse("--effort is for WebP, not \(format.name)", if: effort != nil)
    }
    if format != .png {
      try refuse("--compression is for PNG, not \(format.name)", if: compression != nil)
    }
  }
}
