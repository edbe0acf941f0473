public import Pictures

/// What the file that is made of a picture is like.
public struct OutputSpec: Sendable, Equatable {
  /// The file format.
  public var format: PictureFormat
  /// Quality, and whether WebP is lossless.
  public var encoding: EncodingOptions
  /// The factor between the sides of input and output; nil for the model's own.
  public var scale: Double?
  /// The size of the output, which goes before `scale`; nil where that decides.
  public var target: TargetSize?
  /// Bits of a sample; nil for the input's, where the format has it.
  public var depth: Picture.Depth?
  /// What is made of the picture's transparency.
  public var alpha: AlphaTreatment
  /// Whether the input's metadata but its colours are left out, and the record of how it was made.
  public var stripsMetadata = false
  /// What the record says of the model; nil for no record.
  public var provenance: Provenance?
  /// What is made of the picture's colours.
  public var color = ColorTreatment()

  /// The wishes for an output.
  ///
  /// - Parameters:
  ///   - format: the file format.
  ///   - encoding: quality, and whether WebP is lossless.
  ///   - scale: the factor between the sides; nil for the model's own.
  ///   - target: the size, which goes before `scale`; nil where that decides.
  ///   - depth: bits of a sample; nil for the input's, where the format has it.
  ///   - alpha: what is made of the picture's transparency.
  public init(
    format: PictureFormat, encoding: EncodingOptions = EncodingOptions(), scale: Double? = nil,
    target: TargetSize? = nil, depth: Picture.Depth? = nil, alpha: AlphaTreatment = .automatic
  ) {
    self.format = format
    self.encoding = encoding
    self.scale = scale
    self.target = target
    self.depth = depth
    self.alpha = alpha
  }
}
