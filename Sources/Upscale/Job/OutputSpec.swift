public import Pictures

/// What the file that is made of a picture is like.
public struct OutputSpec: Sendable, Equatable {
  public var format: PictureFormat
  public var encoding: EncodingOptions
  /// nil for the model's own factor.
  public var scale: Double?
  /// nil for the input's depth, where the format has it.
  public var depth: Picture.Depth?

  public init(
    format: PictureFormat, encoding: EncodingOptions = EncodingOptions(), scale: Double? = nil,
    depth: Picture.Depth? = nil
  ) {
    self.format = format
    self.encoding = encoding
    self.scale = scale
    self.depth = depth
  }
}
