/// How a stored picture must be turned to be seen upright; the raw values are EXIF's.
package enum Orientation: Int, Sendable, CaseIterable {
  case upright = 1
  case mirrored = 2
  case rotated180 = 3
  case flipped = 4
  case transposed = 5
  /// Stored turned to the left: must be turned clockwise.
  case rotatedLeft = 6
  case transversed = 7
  /// Stored turned to the right: must be turned counter-clockwise.
  case rotatedRight = 8

  /// Whether rows become columns.
  package var swapsSides: Bool { rawValue >= 5 }

  /// The side at which the last of the stored rows are seen.
  var sideOfLastRows: PictureDamage.Side {
    switch self {
    case .upright, .mirrored: .bottom
    case .rotated180, .flipped: .top
    case .transposed, .rotatedRight: .right
    case .rotatedLeft, .transversed: .left
    }
  }

  /// Whether the upright picture's rows run through the stored columns from the last to the first.
  var readsColumnsBackwards: Bool {
    switch self {
    case .mirrored, .rotated180, .transversed, .rotatedRight: true
    default: false
    }
  }

  /// Whether the stored rows are run through from the last to the first.
  var readsRowsBackwards: Bool {
    switch self {
    case .rotated180, .flipped, .rotatedLeft, .transversed: true
    default: false
    }
  }
}

extension Orientation {
  /// The orientation in an EXIF block, upright if there is none or it makes no sense.
  ///
  /// Only the first directory is read: no chain of directories is followed, so a loop does no harm.
  ///
  /// - Parameter exif: A TIFF header and what follows, with or without `Exif\0\0` before it.
  package init(exif: [UInt8]) {
    self = Orientation.find(in: exif) ?? .upright
  }

  private static func find(in exif: [UInt8]) -> Orientation? {
    let start = exif.hasText("Exif\0", at: 0) ? 6 : 0
    let bigEndian = exif.hasText("MM", at: start)
    guard bigEndian || exif.hasText("II", at: start) else { return nil }
    func number(_ offset: Int, _ size: Int) -> Int? {
      exif.number(at: offset, size: size, bigEndian: bigEndian)
    }
    guard number(start + 2, 2) == 42, let offset = number(start + 4, 4), offset >= 8,
      let count = number(start + offset, 2)
    else { return nil }
    for entry in 0..<min(count, maximumEntries) {
      let position = start + offset + 2 + 12 * entry
      guard let tag = number(position, 2) else { return nil }
      if tag == orientationTag {
        guard number(position + 2, 2) == shortType, number(position + 4, 4) == 1 else { return nil }
        return number(position + 8, 2).flatMap(Orientation.init(rawValue:))
      }
    }
    return nil
  }

  private static let orientationTag = 0x0112
  private static let shortType = 3
  private static let maximumEntries = 1000
}
