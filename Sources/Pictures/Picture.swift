/// A decoded picture: interleaved samples in rows from top to bottom, with its ICC profile.
///
/// Samples are 8 or 16 bits (16-bit ones in native byte order), 1–4 channels, colour not
/// premultiplied by alpha. Orientation has been applied: the first row is the top as seen.
public struct Picture: Sendable, Equatable {
  /// Channels in memory order; the raw value is how many samples a pixel has.
  public enum Layout: Int, Sendable, CaseIterable {
    /// Luma.
    case gray = 1
    /// Luma and alpha.
    case grayAlpha = 2
    /// Red, green and blue.
    case rgb = 3
    /// Red, green, blue and alpha.
    case rgba = 4

    /// Whether the last channel is alpha.
    public var hasAlpha: Bool { self == .grayAlpha || self == .rgba }
    /// Whether there is one channel beside alpha, and not three.
    public var isGray: Bool { self == .gray || self == .grayAlpha }
    /// Channels without alpha: 1 or 3.
    public var colorCount: Int { isGray ? 1 : 3 }

    package init(isGray: Bool, hasAlpha: Bool) {
      self =
        switch (isGray, hasAlpha) {
        case (true, false): .gray
        case (true, true): .grayAlpha
        case (false, false): .rgb
        case (false, true): .rgba
        }
    }
  }

  /// Bits in a sample.
  public enum Depth: Int, Sendable, CaseIterable {
    /// 8 bits: 0…255.
    case eight = 8
    /// 16 bits: 0…65535, in the machine's byte order.
    case sixteen = 16

    /// Bytes of a sample.
    public var byteCount: Int { rawValue / 8 }
    /// The sample value of full intensity: 255 or 65535.
    public var maximum: Int { (1 << rawValue) - 1 }
  }

  /// Pixels of a row.
  public let width: Int
  /// Rows.
  public let height: Int
  /// The channels of a pixel, in their order.
  public let layout: Layout
  /// Bits of a sample.
  public let depth: Depth
  /// `height * rowByteCount` bytes, rows without padding.
  public var bytes: [UInt8]
  /// An ICC profile that fits the layout, carried over as it is.
  public var iccProfile: [UInt8]?
  /// What else a PNG says of its colours.
  package var pngColor = PNGColor()

  /// All that is said of its colours.
  package var color: ColorDescription {
    get { ColorDescription(iccProfile: iccProfile, png: pngColor) }
    set { (iccProfile, pngColor) = (newValue.iccProfile, newValue.png) }
  }

  /// Bytes of a row: its pixels, without padding.
  public var rowByteCount: Int { width * layout.rawValue * depth.byteCount }

  /// A picture of given samples.
  ///
  /// - Parameters:
  ///   - width: pixels of a row, at least 1.
  ///   - height: rows, at least 1.
  ///   - layout: the channels of a pixel.
  ///   - depth: bits of a sample.
  ///   - bytes: the samples, `[y][x][channel]`.
  ///   - iccProfile: a profile that fits the layout.
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
