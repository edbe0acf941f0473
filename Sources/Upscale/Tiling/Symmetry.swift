/// One of the eight ways in which a picture can lie: mirrored or not along each axis, then perhaps
/// transposed. Quarter turns are a mirroring and a transposition.
struct Symmetry: Sendable, Hashable {
  /// The first column becomes the last.
  let mirrorsColumns: Bool
  /// The first row becomes the last.
  let mirrorsRows: Bool
  /// After that, columns become rows.
  let transposes: Bool

  /// The picture as it is.
  static let identity = Symmetry(mirrorsColumns: false, mirrorsRows: false, transposes: false)

  /// All eight, the picture as it is first.
  static let all = (0..<8).map {
    Symmetry(mirrorsColumns: $0 & 1 != 0, mirrorsRows: $0 & 2 != 0, transposes: $0 & 4 != 0)
  }
}
