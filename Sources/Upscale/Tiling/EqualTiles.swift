import Pictures

/// Finds tiles whose result is already in the band of output rows, since an equal tile was computed before.
///
/// Flat skies, margins of scans, screenshots and sprite sheets give many tiles of the same input. What
/// a network makes of a tile depends on nothing but its samples and its shape, so such a tile is
/// computed once: a result stays where it is if the tile below is equal, and is copied along the row.
struct EqualTiles {
  /// Where a tile's result is.
  enum Place: Equatable {
    case nowhere
    /// In the tile's own columns, from the row of tiles above.
    case here
    /// In the columns of another tile of the row.
    case column(Int)
  }

  /// Everything that a tile's result depends on.
  private struct Key: Hashable {
    let padded: [Int]
    let core: [Int]
    /// SHA-256 of the samples.
    let digest: [UInt8]
  }

  /// What the band holds in each column of tiles.
  private var held: [Key?]

  init(columns: Int) {
    held = Array(repeating: nil, count: columns)
  }

  /// Finds a tile's result, and notes that the band will hold it.
  ///
  /// - Parameters:
  ///   - tile: the next one of its row.
  ///   - column: its column of tiles.
  ///   - picture: the rows that it is read from.
  /// - Returns: where the band holds its result already, if it does.
  mutating func place(
    of tile: TilePlan.Tile, column: Int, in picture: PictureRows
  ) -> Place {
    let key = Self.key(tile, picture)
    if held[column] == key { return .here }
    let other = held.firstIndex { $0 == key }
    held[column] = key
    return other.map(Place.column) ?? .nowhere
  }

  private static func key(_ tile: TilePlan.Tile, _ picture: PictureRows) -> Key {
    let format = picture.format
    let (padded, core) = (tile.padded, tile.core)
    // Beyond the picture a tile's input is a reflection: how far it reaches there is part of the key.
    let rows = padded.rows.clamped(to: 0..<format.height)
    let columns = padded.columns.clamped(to: 0..<format.width)
    let pixel = format.rowByteCount / format.width
    let digest = SHA256.digest { feed in
      for y in rows {
        let row = picture.row(y)
        feed(
          UnsafeRawBufferPointer(
            rebasing: row[columns.lowerBound * pixel..<columns.upperBound * pixel]))
      }
    }
    return Key(
      padded: [padded.width, padded.height, columns.count, rows.count],
      core: [core.x - padded.x, core.y - padded.y, core.width, core.height], digest: digest)
  }
}
