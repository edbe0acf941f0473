/// A file format that pictures are read from and written to.
public enum PictureFormat: String, Sendable, CaseIterable {
  /// PNG: without loss, 8 or 16 bits, gray or colour, with or without alpha.
  case png
  /// JPEG: with loss, 8 bits, gray or colour, no alpha.
  case jpeg
  /// WebP: with or without loss, 8 bits, colour, with or without alpha.
  case webp

  /// The format that the first bytes of a file show; its name does not matter.
  ///
  /// - Parameter bytes: the first 12 bytes or more.
  /// - Returns: nil for any other format.
  public static func detect(_ bytes: [UInt8]) -> PictureFormat? {
    if bytes.hasBytes([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A], at: 0) { return .png }
    if bytes.hasBytes([0xFF, 0xD8, 0xFF], at: 0) { return .jpeg }
    if bytes.hasText("RIFF", at: 0), bytes.hasText("WEBP", at: 8) { return .webp }
    return nil
  }

  /// The format that a file name's extension stands for, in upper or lower case; nil for any other.
  public init?(fileName: String) {
    let name = fileName.split(separator: "/", omittingEmptySubsequences: false).last ?? ""
    guard let dot = name.lastIndex(of: ".") else { return nil }
    switch name[name.index(after: dot)...].lowercased() {
    case "png": self = .png
    case "jpg", "jpeg", "jpe", "jfif": self = .jpeg
    case "webp": self = .webp
    default: return nil
    }
  }

  /// The name as written in sentences.
  public var name: String {
    switch self {
    case .png: "PNG"
    case .jpeg: "JPEG"
    case .webp: "WebP"
    }
  }

  /// The longest side that a file of this format can have.
  public var maximumSide: Int {
    switch self {
    case .png: 0x7FFF_FFFF
    case .jpeg: 65_500
    case .webp: 16_383
    }
  }

  /// Whether a pixel can be transparent.
  public var supportsAlpha: Bool { self != .jpeg }

  /// Whether a gray picture stays gray in a file; WebP stores it as RGB.
  public var supportsGray: Bool { self != .webp }

  /// The most bits that a sample can have.
  public var maximumDepth: Picture.Depth { self == .png ? .sixteen : .eight }
}
