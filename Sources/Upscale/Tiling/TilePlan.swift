import UpscaleKernels

/// How a picture is cut into tiles: pure geometry, in input pixels.
///
/// Tiles lie in a grid. Each is computed with a halo of real neighbours around its core. The halo ends
/// where the picture ends: only there the network pads with zeros, as it does untiled.
package struct TilePlan: Sendable, Hashable {
  /// A tile: what is computed, and the part of it that is kept. Cores cover the picture once.
  package struct Tile: Sendable, Hashable {
    package let core: Rectangle
    package let padded: Rectangle
  }

  /// A row or a column of the grid: what is kept, and what is computed.
  package struct Slice: Sendable, Hashable {
    package let core: Range<Int>
    package let padded: Range<Int>
    /// The core and what is computed for it in the mirrored picture, whose first pixel is the last one of
    /// this; without what rounding adds.
    let mirroredCore: Range<Int>
    let mirroredPadded: Range<Int>
    /// Pixels of the picture that are read for it.
    let reach: Range<Int>
  }

  /// The picture's size.
  let pictureWidth: Int
  let pictureHeight: Int
  /// Whether tiles are computed in all positions, not only upright.
  let isMirrored: Bool
  /// The picture's size, rounded up to what the network needs.
  package let width: Int
  package let height: Int
  /// Pixels of the picture around each core, where there are so many.
  package let halo: Int
  package let rows: [Slice]
  package let columns: [Slice]

  /// Tiles of at most this size, made evenly as large.
  ///
  /// - Parameters:
  ///   - width: the picture's columns.
  ///   - height: its rows.
  ///   - core: the largest tile without its halo.
  ///   - halo: neighbours on each side, at least.
  ///   - unshuffle: the picture's sides are rounded up to multiples of it.
  ///   - isMirrored: whether tiles are computed in all positions, not only upright.
  ///
  /// Tiles start on the network's grid of Winograd tiles, so that a pixel is computed by the same
  /// operations in whatever tile it lies.
  package init(
    width: Int, height: Int, core: (width: Int, height: Int), halo: Int, unshuffle: Int = 1,
    isMirrored: Bool = false
  ) {
    (pictureWidth, pictureHeight, self.isMirrored) = (width, height, isMirrored)
    self.width = TilePlan.roundedUp(width, to: unshuffle)
    self.height = TilePlan.roundedUp(height, to: unshuffle)
    let grid = Winograd.tileSide * unshuffle
    self.halo = TilePlan.roundedUp(halo, to: grid)
    func pieces(_ length: Int, _ limit: Int) -> Int {
      let units = (length + grid - 1) / grid
      // A length that is no multiple of the grid still fits a limit of its own size.
      let limit = TilePlan.roundedUp(limit, to: unshuffle)
      let unitLimit = limit >= length ? units : max(1, limit / grid)
      return (units + unitLimit - 1) / unitLimit
    }
    columns = TilePlan.cut(
      width, roundedTo: self.width, into: pieces(self.width, core.width), grid: grid,
      halo: self.halo, isMirrored: isMirrored)
    rows = TilePlan.cut(
      height, roundedTo: self.height, into: pieces(self.height, core.height), grid: grid,
      halo: self.halo, isMirrored: isMirrored)
  }

  package init(
    width: Int, height: Int, core: Int, halo: Int, unshuffle: Int = 1, isMirrored: Bool = false
  ) {
    self.init(
      width: width, height: height, core: (core, core), halo: halo, unshuffle: unshuffle,
      isMirrored: isMirrored)
  }

  /// A grid of so many columns and rows, at most.
  package init(
    width: Int, height: Int, columns: Int, rows: Int, halo: Int, unshuffle: Int = 1,
    isMirrored: Bool = false
  ) {
    (pictureWidth, pictureHeight, self.isMirrored) = (width, height, isMirrored)
    self.width = TilePlan.roundedUp(width, to: unshuffle)
    self.height = TilePlan.roundedUp(height, to: unshuffle)
    let grid = Winograd.tileSide * unshuffle
    self.halo = TilePlan.roundedUp(halo, to: grid)
    self.columns = TilePlan.cut(
      width, roundedTo: self.width, into: columns, grid: grid, halo: self.halo,
      isMirrored: isMirrored)
    self.rows = TilePlan.cut(
      height, roundedTo: self.height, into: rows, grid: grid, halo: self.halo,
      isMirrored: isMirrored)
  }

  /// The tiles of a row of the grid, from left to right.
  package func tiles(ofRow row: Slice) -> [Tile] {
    columns.map {
      Tile(
        core: Rectangle(columns: $0.core, rows: row.core),
        padded: Rectangle(columns: $0.padded, rows: row.padded))
    }
  }

  /// All tiles, row after row.
  package var tiles: [Tile] { rows.flatMap(tiles(ofRow:)) }

  /// The largest width and height of a padded tile.
  package var largest: (width: Int, height: Int) {
    (columns.map(\.padded.count).max() ?? 0, rows.map(\.padded.count).max() ?? 0)
  }

  /// The size that buffers need for a tile in any position that it is computed in: that of a square if it
  /// is transposed, too.
  var workspaceSize: (width: Int, height: Int) {
    guard isMirrored else { return largest }
    let side = (columns + rows).map { max($0.padded.count, $0.mirroredPadded.count) }.max() ?? 0
    return (side, side)
  }

  /// The positions in which tiles are computed.
  var symmetries: [Symmetry] { isMirrored ? Symmetry.all : [.identity] }

  /// A tile in one of its positions, in the coordinates of the picture that lies so.
  func tile(column: Slice, row: Slice, under symmetry: Symmetry) -> Tile {
    func place(_ slice: Slice, _ isMirrored: Bool, _ length: Int) -> (
      core: Range<Int>, padded: Range<Int>
    ) {
      isMirrored
        ? (slice.mirroredCore, slice.mirroredPadded)
        : (slice.core.clamped(to: 0..<length), slice.padded)
    }
    let across = place(column, symmetry.mirrorsColumns, pictureWidth)
    let down = place(row, symmetry.mirrorsRows, pictureHeight)
    let (columns, rows) = symmetry.transposes ? (down, across) : (across, down)
    return Tile(
      core: Rectangle(columns: columns.core, rows: rows.core),
      padded: Rectangle(columns: columns.padded, rows: rows.padded))
  }

  /// The sizes of all tiles in all positions in which they are computed.
  var computedSizes: [(width: Int, height: Int)] {
    guard isMirrored else { return tiles.map { ($0.padded.width, $0.padded.height) } }
    return rows.flatMap { row in
      columns.flatMap { column in
        Symmetry.all.map {
          let padded = tile(column: column, row: row, under: $0).padded
          return (padded.width, padded.height)
        }
      }
    }
  }

  /// Pixels computed, those in halos as often as they are.
  package var computedArea: Int {
    columns.reduce(0) { $0 + $1.padded.count } * rows.reduce(0) { $0 + $1.padded.count }
  }

  package var isWhole: Bool { rows.count == 1 && columns.count == 1 }

  /// A length cut into even pieces that start on the grid.
  private static func cut(
    _ real: Int, roundedTo length: Int, into pieces: Int, grid: Int, halo: Int, isMirrored: Bool
  ) -> [Slice] {
    let units = (length + grid - 1) / grid
    let count = min(pieces, units)
    return (0..<count).map { index in
      let core =
        index * units / count * grid..<min(length, (index + 1) * units / count * grid)
      let padded = max(0, core.lowerBound - halo)..<min(length, core.upperBound + halo)
      // Tiles of the mirrored picture start on its own grid.
      let mirrored = real - min(core.upperBound, real)..<max(0, real - core.lowerBound)
      let mirroredPadded =
        max(
          0, mirrored.lowerBound / grid * grid - halo)..<min(
          length, TilePlan.roundedUp(mirrored.upperBound, to: grid) + halo)
      let reach =
        min(
          padded.lowerBound, max(0, real - mirroredPadded.upperBound))..<max(
          padded.upperBound, real - mirroredPadded.lowerBound)
      return Slice(
        core: core, padded: padded, mirroredCore: mirrored, mirroredPadded: mirroredPadded,
        reach: isMirrored ? reach : padded)
    }
  }

  private static func roundedUp(_ value: Int, to multiple: Int) -> Int {
    (value + multiple - 1) / multiple * multiple
  }
}

extension TilePlan {
  /// Of the grids that fit, the one that computes the fewest pixels twice: the whole picture if it fits.
  ///
  /// - Parameters:
  ///   - width: the picture's columns.
  ///   - height: its rows.
  ///   - halo: neighbours on each side, at least.
  ///   - unshuffle: as `init`'s.
  ///   - isMirrored: as `init`'s.
  ///   - fits: whether there is memory for a grid. Where one fits, those of more columns or more
  ///     rows must.
  /// - Returns: nil if not even the smallest useful tiles fit.
  package static func fitting(
    width: Int, height: Int, halo: Int, unshuffle: Int, isMirrored: Bool = false,
    _ fits: (TilePlan) -> Bool
  ) -> TilePlan? {
    func plan(_ columns: Int, _ rows: Int) -> TilePlan {
      TilePlan(
        width: width, height: height, columns: columns, rows: rows, halo: halo,
        unshuffle: unshuffle, isMirrored: isMirrored)
    }
    // Tiles of less than 16 pixels of the trunk are all halo.
    let smallest = 16 * unshuffle
    let limit = (columns: max(1, width / smallest), rows: max(1, height / smallest))
    var best: TilePlan?
    var columns = 1
    while columns <= limit.columns {
      // The fewest rows that fit with so many columns.
      if fits(plan(columns, limit.rows)) {
        var (low, high) = (1, limit.rows)
        while low < high {
          let middle = (low + high) / 2
          if fits(plan(columns, middle)) { high = middle } else { low = middle + 1 }
        }
        let candidate = plan(columns, low)
        if best.map({ candidate.computedArea < $0.computedArea }) ?? true { best = candidate }
        // More columns cannot be better than no rows.
        if low == 1 { break }
      }
      columns += max(1, columns / 16)
    }
    return best
  }

  /// The plan with the smallest useful tiles.
  package static func smallest(
    width: Int, height: Int, halo: Int, unshuffle: Int, isMirrored: Bool = false
  ) -> TilePlan {
    TilePlan(
      width: width, height: height, columns: max(1, width / (16 * unshuffle)),
      rows: max(1, height / (16 * unshuffle)), halo: halo, unshuffle: unshuffle,
      isMirrored: isMirrored)
  }
}
