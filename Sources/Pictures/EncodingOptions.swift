/// Choices that some formats leave to the writer of a picture.
public struct EncodingOptions: Sendable, Equatable {
  /// 1 to 100 for JPEG and lossy WebP; nil for the format's default, 95 and 90.
  public var quality: Int?
  /// WebP without loss. PNG always is, JPEG never.
  public var lossless = false

  /// Options; the defaults are good quality, and lossy WebP.
  ///
  /// - Parameters:
  ///   - quality: 1 to 100 for JPEG and lossy WebP; nil for the format's default.
  ///   - lossless: whether WebP is without loss.
  public init(quality: Int? = nil, lossless: Bool = false) {
    self.quality = quality
    self.lossless = lossless
  }

  /// The quality that applies to `format`.
  func quality(for format: PictureFormat) -> Int {
    quality ?? (format == .jpeg ? 95 : 90)
  }
}
