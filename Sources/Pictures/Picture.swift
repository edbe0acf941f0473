/// A decoded picture: interleaved samples in rows from top to bottom, and what must travel along.
///
/// Samples are 8 or 16 bits (16-bit ones in native byte order), 1–4 channels, colour not
/// premultiplied by alpha. Orientation has been applied: the first row is the top as seen.
public struct Picture: Sendable, Equatable {
  /// Channels in memory order; the raw value is how many samples a pixel has.
  public enum Layout: Int, Sendable, CaseIterable {
    case gray = 1
    case grayAlpha = 2
    case rgb = 3
    case rgba = 4

    public var hasAlpha: Bool { self == .grayAlpha || self == .rgba }
    public var isGray: Bool { self == .gray || self == .grayAlpha }
    /// Channels without alpha: 1 or 3.
    public var colorCount: Int { isGray ? 1 : 3 }
  }

  /// Bits in a sample.
  public enum Depth: Int, Sendable, CaseIterable {
    case eight = 8
    case sixteen = 16

    public var byteCount: Int { rawValue / 8 }
    /// The sample value of full intensity: 255 or 65535.
    public var maximum: Int { (1 << rawValue) - 1 }
  }

  public let width: Int
  public let height: Int
  public let layout: Layout
  public let depth: Depth
  /// `height * rowByteCount` bytes, rows without padding.
  public var bytes: [UInt8]
  /// An ICC profile that fits the layout, carried over as it is.
  public var iccProfile: [UInt8]?

  public var rowByteCount: Int { width * layout.rawValue * depth.byteCount }

  /// - Precondition: `bytes` holds exactly `height` rows.
  public init(
    width: Int, height: Int, layout: Layout, depth: Depth = .eight, bytes: [UInt8],
    iccProfile: [UInt8]? = nil
  ) {
    self.width = width
    self.height = height
    self.layout = layout
    self.depth = depth
    self.bytes = bytes
    self.iccProfile = iccProfile
    precondition(
      width > 0 && height > 0 && bytes.count == height * rowByteCount,
      "a picture's samples must fill its rows exactly")
  }
}
