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
