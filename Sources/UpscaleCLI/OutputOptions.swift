import ArgumentParser
import Upscale

/// What the output is like.
struct OutputOptions: ParsableArguments {
  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      """
      The factor between the sides, 0.1 to 16, such as 2 or 1.5; below 1 the picture is resampled without \
      the network. (default: the network's own)
      """,
      valueName: "x"), transform: OptionValue.real(0.1...16))
  var scale: Double?

  @Option(
    help: ArgumentHelp(
      """
      The size of the result in place of --scale: 1920x1080 fits into that, 1920x and x1080 give one \
      side; the aspect is kept. With > only pictures that are larger are made smaller, with < only \
      smaller ones larger, and others are written at their own size; with ! it is just that size, \
      whatever the aspect. The network computes what is enlarged; what is not is resampled. Quote > \
      and <, which shells take.
      """, valueName: "wxh[<>!]"), transform: OptionValue.targetSize)
  var size: TargetSize?

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      """
      Format of the output. (default: by the name of the output; png to standard output; in a batch \
      that of each input)
      """,
      valueName: "format"))
  var format: PictureFormat?

  @OptionGroup var writing: WritingOptions

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

  @Flag(
    help: """
      Leave out the input's metadata (EXIF, XMP, IPTC, density, texts) and the record of how the output was \
      made; the colour profile stays.
      """)
  var stripMetadata = false

  @Flag(help: "Never replace an output that exists: fail, or skip it in a batch.")
  var noClobber = false

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
    if size != nil, scale != nil { throw ValidationError("choose one of --size and --scale") }
  }

  /// Refuses what the format cannot do; without one, what none can.
  func check(_ format: PictureFormat?) throws(UpscaleError) {
    if depth == .sixteen, let format, format != .png {
      throw UpscaleError(
        .usage, "\(format.name) holds 8 bits a sample; --depth 16 needs a PNG output")
    }
    if let format { try writing.check(format) }
  }

  /// What the result is like.
  func outputSpec(_ format: PictureFormat, provenance: Provenance?) -> OutputSpec {
    var spec = OutputSpec(
      format: format, encoding: writing.encoding, scale: scale, target: size, depth: depth,
      alpha: alpha)
    spec.stripsMetadata = stripMetadata
    spec.provenance = provenance
    return spec
  }
}
