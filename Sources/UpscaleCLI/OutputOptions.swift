import ArgumentParser
import Upscale

/// What the output is like.
struct OutputOptions: ParsableArguments {
  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "The factor between the sides, such as 2 or 1.5. (default: the network's own)",
      valueName: "x"))
  var scale: RealNumber?

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      """
      png, jpeg or webp. (default: by the name of the output; png to standard output; in a batch \
      that of each input)
      """,
      valueName: "format"))
  var format: String?

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "Quality of JPEG and lossy WebP, 1 to 100. (default: 95 for JPEG, 90 for WebP)",
      valueName: "q"))
  var quality: WholeNumber?

  @Flag(help: "Write WebP without loss (PNG never loses anything).")
  var lossless = false

  @Option(
    help: ArgumentHelp(
      "Bits of a sample, 8 or 16 (PNG only). (default: the input's, where the format allows)",
      valueName: "bits"))
  var depth: WholeNumber?

  @Flag(help: "Never replace an output that exists: fail, or skip it in a batch.")
  var noClobber = false

  /// Bits of a sample, nil for the input's.
  var sampleDepth: Picture.Depth? { depth.map { $0.value == 16 ? .sixteen : .eight } }

  var encoding: EncodingOptions {
    var options = EncodingOptions()
    options.quality = quality?.value
    options.lossless = lossless
    return options
  }

  /// The format that `--format` names.
  func chosenFormat() throws(UpscaleError) -> PictureFormat? {
    guard let format else { return nil }
    let name = format.lowercased()
    guard let known = PictureFormat(rawValue: name == "jpg" ? "jpeg" : name) else {
      throw UpscaleError(.usage, "--format must be png, jpeg or webp, not '\(format)'")
    }
    return known
  }

  /// The format to write, from `--format` or from the name of the output.
  func format(output: String) throws(UpscaleError) -> PictureFormat {
    if let chosen = try chosenFormat() { return chosen }
    if output == "-" { return .png }
    guard let known = PictureFormat(fileName: output) else {
      throw UpscaleError(
        .usage,
        "cannot tell the format to write from the name '\(output)'; use .png, .jpg or .webp, "
          + "or say it with --format")
    }
    return known
  }

  /// Refuses what the format cannot do; without one, what none can.
  func check(_ format: PictureFormat?) throws(UpscaleError) {
    if let scale {
      guard let factor = scale.value, factor > 0, factor <= 64 else {
        throw UpscaleError(
          .usage, "--scale must be a number above 0 and up to 64, such as 2.5, not '\(scale.text)'")
      }
    }
    try quality?.check("--quality", in: 1...100)
    if let depth, depth.value != 8, depth.value != 16 {
      throw UpscaleError(.usage, "--depth must be 8 or 16, not '\(depth.text)'")
    }
    if depth?.value == 16, let format, format != .png {
      throw UpscaleError(
        .usage, "\(format.name) holds 8 bits a sample; --depth 16 needs a PNG output")
    }
    if quality != nil, format == .png {
      throw UpscaleError(.usage, "PNG has no quality to choose; leave out --quality")
    }
    if lossless, format == .jpeg {
      throw UpscaleError(.usage, "JPEG always loses a little; --lossless needs WebP or PNG")
    }
    if lossless, quality != nil {
      throw UpscaleError(.usage, "choose one of --lossless and --quality")
    }
  }

  /// What the result is like.
  func outputSpec(_ format: PictureFormat) -> OutputSpec {
    OutputSpec(
      format: format, encoding: encoding, scale: scale?.value,
      depth: sampleDepth)
  }
}
