import ArgumentParser
import Upscale

/// What the output is like.
struct OutputOptions: ParsableArguments {
  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "The factor between the sides, such as 2 or 1.5. (default: the network's own)",
      valueName: "x"), transform: OptionValue.real(upTo: 64))
  var scale: Double?

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      """
      Format of the output. (default: by the name of the output; png to standard output; in a batch \
      that of each input)
      """,
      valueName: "format"))
  var format: PictureFormat?

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
      "Bits of a sample, 16 in PNG only. (default: the input's, where the format allows)",
      valueName: "bits"))
  var depth: Picture.Depth?

  @Option(
    help: ArgumentHelp(
      """
      How transparency is enlarged: by the network, by resampling, or 'auto' for the network where edges are \
      hard; 'drop' leaves it out and takes colours as they are stored.
      """))
  var alpha = AlphaTreatment.automatic

  @Flag(help: "Never replace an output that exists: fail, or skip it in a batch.")
  var noClobber = false

  var encoding: EncodingOptions {
    var options = EncodingOptions()
    options.quality = quality
    options.lossless = lossless
    return options
  }

  /// The format to write, from `--format` or from the name of the output.
  func format(output: String) throws(UpscaleError) -> PictureFormat {
    if let format { return format }
    if output == "-" { return .png }
    guard let known = PictureFormat(fileName: output) else {
      throw UpscaleError(
        .usage,
        "cannot tell the format to write from the name '\(output)'; use .png, .jpg or .webp, "
          + "or say it with --format")
    }
    return known
  }

  func validate() throws {
    if lossless, quality != nil {
      throw ValidationError("choose one of --lossless and --quality")
    }
  }

  /// Refuses what the format cannot do; without one, what none can.
  func check(_ format: PictureFormat?) throws(UpscaleError) {
    if depth == .sixteen, let format, format != .png {
      throw UpscaleError(
        .usage, "\(format.name) holds 8 bits a sample; --depth 16 needs a PNG output")
    }
    if quality != nil, format == .png {
      throw UpscaleError(.usage, "PNG has no quality to choose; leave out --quality")
    }
    if lossless, format == .jpeg {
      throw UpscaleError(.usage, "JPEG always loses a little; --lossless needs WebP or PNG")
    }
  }

  /// What the result is like.
  func outputSpec(_ format: PictureFormat) -> OutputSpec {
    OutputSpec(
      format: format, encoding: encoding, scale: scale, depth: depth, alpha: alpha)
  }
}
