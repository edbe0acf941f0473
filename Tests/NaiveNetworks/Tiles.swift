extension Planes {
  /// Applies a network to a picture tile by tile.
  ///
  /// - Parameters:
  ///   - core: the side of what is kept of a tile, in pixels of the input.
  ///   - halo: neighbours that are computed around it, where the picture has them.
  ///   - network: gives a tile's enlargement.
  /// - Returns: the cores' enlargements, put together.
  /// - Throws: what `network` throws.
  public func enlargedInTiles(
    core: Int, halo: Int, by network: (Planes) throws -> Planes
  ) rethrows -> Planes {
    func slices(_ length: Int) -> [(core: Range<Int>, padded: Range<Int>)] {
      stride(from: 0, to: length, by: core).map { start in
        let end = min(length, start + core)
        return (start..<end, max(0, start - halo)..<min(length, end + halo))
      }
    }
    var result: Planes?
    for row in slices(height) {
      for column in slices(width) {
        let tile = try network(cropped(columns: column.padded, rows: row.padded))
        let scale = tile.width / column.padded.count
        var whole =
          result ?? Planes(channels: tile.channels, height: height * scale, width: width * scale)
        for channel in 0..<tile.channels {
          for y in row.core.lowerBound * scale..<row.core.upperBound * scale {
            for x in column.core.lowerBound * scale..<column.core.upperBound * scale {
              whole[channel, y, x] =
                tile[
                  channel, y - row.padded.lowerBound * scale, x - column.padded.lowerBound * scale]
            }
          }
        }
        result = whole
      }
    }
    return result ?? self
  }
}
