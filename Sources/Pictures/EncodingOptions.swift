/// How a picture is written, where its format leaves a choice.
public struct EncodingOptions: Sendable, Equatable {
  /// 1 to 100 for JPEG and lossy WebP; nil for the format's default, 95 and 90.
  public var quality: Int?
  /// WebP without loss. PNG always is, JPEG never.
  public var lossless = false

  /// The defaults: good quality, lossy where the format is.
  public init(quality: Int? = nil, lossless: Bool = false) {
    self.quality = quality
    self.lossless = lossless
  }

  /// The quality that applies to `format`.
  func quality(for format: PictureFormat) -> Int {
    quality ?? (format == .jpeg ? 95 : 90)
  }
}
