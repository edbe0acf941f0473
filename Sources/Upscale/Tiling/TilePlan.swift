import UpscaleKernels

/// A rectangle in whole pixels.
package struct Rectangle: Sendable, Hashable {
  package var x: Int
  package var y: Int
  package var width: Int
  package var height: Int

  package init(x: Int, y: Int, width: Int, height: Int) {
    self.x = x
    self.y = y
    self.width = width
    self.height = height
  }

  package var columns: Range<Int> { x..<x + width }
  package var rows: Range<Int> { y..<y + height }

  /// The same rectangle of a picture enlarged by a factor.
  package func scaled(by factor: Int) -> Rectangle {
    Rectangle(x: x * factor, y: y * factor, width: width * factor, height: height * factor)
  }
}

/// How a picture is cut into tiles: pure geometry, in input pixels.
///
/// Each tile is computed with a halo of real neighbours around its core. The halo ends where the
/// picture ends, and only there does the network see its own zero padding, as it would untiled.
package struct TilePlan: Sendable, Hashable {
  /// A tile: what is computed, and the part of it that is kept. Cores cover the picture once.
  package struct Tile: Sendable, Hashable {
    package let core: Rectangle
    package let padded: Rectangle
  }

  /// The picture's size, rounded up to what the network needs.
  package let width: Int
  package let height: Int
  package let tiles: [Tile]

  /// - Parameters:
  ///   - width: the picture's columns.
  ///   - height: its rows.
  ///   - core: side of a tile without its halo, at most; tiles are made evenly as large.
  ///   - halo: neighbours on each side, at least.
  ///   - unshuffle: the picture's sides are rounded up to multiples of it.
  ///
  /// Tiles start on the network's grid of Winograd tiles, so that a pixel is computed by the same
  /// operations in whatever tile it lies.
  package init(width: Int, height: Int, core: Int, halo: Int, unshuffle: Int = 1) {
    self.width = TilePlan.roundedUp(width, to: unshuffle)
    self.height = TilePlan.roundedUp(height, to: unshuffle)
    let grid = Winograd.tileSide * unshuffle
    let halo = TilePlan.roundedUp(halo, to: grid)
    let core = TilePlan.roundedUp(core, to: unshuffle)
    let columns = TilePlan.cut(self.width, into: core, grid: grid)
    let rows = TilePlan.cut(self.height, into: core, grid: grid)
    var tiles: [Tile] = []
    tiles.reserveCapacity(columns.count * rows.count)
    for row in rows {
      let paddedRows = max(0, row.lowerBound - halo)..<min(self.height, row.upperBound + halo)
      for column in columns {
        let paddedColumns =
          max(0, column.lowerBound - halo)..<min(self.width, column.upperBound + halo)
        tiles.append(
          Tile(
            core: Rectangle(
              x: column.lowerBound, y: row.lowerBound, width: column.count, height: row.count),
            padded: Rectangle(
              x: paddedColumns.lowerBound, y: paddedRows.lowerBound,
              width: paddedColumns.count, height: paddedRows.count)))
      }
    }
    self.tiles = tiles
  }

  /// The largest width and height of a padded tile.
  package var largest: (width: Int, height: Int) {
    (tiles.map(\.padded.width).max() ?? 0, tiles.map(\.padded.height).max() ?? 0)
  }

  /// A length cut into the fewest even pieces of at most `limit` that start on the grid.
  private static func cut(_ length: Int, into limit: Int, grid: Int) -> [Range<Int>] {
    let units = (length + grid - 1) / grid
    // A length that is no multiple of the grid still fits a limit of its own size.
    let unitLimit = limit >= length ? units : max(1, limit / grid)
    let count = (units + unitLimit - 1) / unitLimit
    return (0..<count).map { index in
      index * units / count * grid..<min(length, (index + 1) * units / count * grid)
    }
  }

  private static func roundedUp(_ value: Int, to multiple: Int) -> Int {
    (value + multiple - 1) / multiple * multiple
  }
}

extension TilePlan {
  /// The plan with the largest tiles whose workspace fits the memory: the whole picture if it can.
  ///
  /// - Throws: kind `.tryLater` if not even the smallest useful tile fits.
  package static func fitting(
    width: Int, height: Int, network: any Network, halo: Int, threads: Int, memory: Int
  ) throws(UpscaleError) -> TilePlan {
    func plan(_ core: Int) -> TilePlan {
      TilePlan(
        width: width, height: height, core: core, halo: halo, unshuffle: network.unshuffle)
    }
    func fits(_ plan: TilePlan) -> Bool {
      let (width, height) = plan.largest
      return network.workspaceBytes(width: width, height: height, threads: threads) <= memory
    }
    let whole = plan(max(width, height))
    if fits(whole) { return whole }
    let smallest = 16 * network.unshuffle
    guard fits(plan(smallest)) else {
      let (width, height) = plan(smallest).largest
      let bytes = network.workspaceBytes(width: width, height: height, threads: threads)
      throw UpscaleError(
        .tryLater,
        "not enough memory: even small tiles need \(byteCountText(bytes)), "
          + "\(byteCountText(memory)) may be used; close other programs or use a smaller model")
    }
    var (low, high) = (smallest, max(width, height))
    while high - low > smallest {
      let middle = (low + high) / 2
      if fits(plan(middle)) { low = middle } else { high = middle }
    }
    return plan(low)
  }
}
