/// Choices that some formats leave to the writer of a picture.
public struct EncodingOptions: Sendable, Equatable {
  /// 1 to 100 for JPEG and lossy WebP; nil for the format's default, 95 and 90.
  public var quality: Int?
  /// WebP without loss. PNG always is, JPEG never.
  public var lossless = false
  /// WebP whose colours are changed a little before they are stored without loss, so that the file gets
  /// smaller: 0 (by up to 31 levels) to 99, 100 for no change; nil for off.
  public var nearLossless: Int?
  /// JPEG: nil for 4:4:4 from quality 90 on, 4:2:0 below.
  public var subsampling: ChromaSubsampling?
  /// JPEG in several scans, coarse ones first.
  public var isProgressive = false
  /// PNG: zlib's effort, 0 (none) to 9; nil for the default.
  public var compression: Int?
  /// WebP: the encoder's effort, 0 to 6; nil for the default, 4.
  public var effort: Int?

  /// Options; the defaults are good quality, and lossy WebP.
  ///
  /// - Parameters:
  ///   - quality: 1 to 100 for JPEG and lossy WebP; nil for the format's default.
  ///   - lossless: whether WebP is without loss.
  public init(quality: Int? = nil, lossless: Bool = false) {
    self.quality = quality
    self.lossless = lossless
  }

  /// Without the choices that a format does not have.
  public func restricted(to format: PictureFormat) -> EncodingOptions {
    var options = EncodingOptions()
    switch format {
    case .png:
      options.compression = compression
      options.lossless = lossless
    case .jpeg:
      options.quality = quality
      options.subsampling = subsampling
      options.isProgressive = isProgressive
    case .webp:
      options.quality = quality
      options.lossless = lossless
      options.nearLossless = nearLossless
      options.effort = effort
    }
    return options
  }

  /// The quality that applies to `format`.
  func quality(for format: PictureFormat) -> Int {
    quality ?? (format == .jpeg ? 95 : 90)
  }

  /// A JPEG's subsampling: colour at full resolution where quality asks for it.
  var chosenSubsampling: ChromaSubsampling {
    subsampling ?? (quality(for: .jpeg) >= 90 ? .full : .quarter)
  }

  /// Whether WebP is stored by its lossless method.
  package var storesWebPLosslessly: Bool { lossless || nearLossless != nil }

  /// What is wrong with a choice, as a sentence; nil for nothing.
  var complaint: String? {
    func check(_ value: Int?, _ range: ClosedRange<Int>, _ name: String) -> String? {
      guard let value, !range.contains(value) else { return nil }
      return
        "the \(name) is \(value): give a number from \(range.lowerBound) to \(range.upperBound)"
    }
    return check(quality, 1...100, "quality") ?? check(nearLossless, 0...100, "near-lossless level")
      ?? check(compression, 0...9, "compression level") ?? check(effort, 0...6, "effort")
  }
}
