import SystemSupport

/// What a network makes of a tile in its eight positions, added up where the tile lies upright.
///
/// Each position is added as a whole before the next, so that a sum does not depend on threads.
///
/// `@unchecked Sendable`: rows of one position are disjoint, so threads write different numbers.
final class EnsembleSums: @unchecked Sendable {
  private let sums: AlignedBuffer
  private let channels: Int
  private var width = 0
  private var height = 0
  private var symmetry = Symmetry.identity
  private var isFirst = true

  /// - Parameters:
  ///   - tiles: the grid; sums are of the cores' results.
  ///   - scale: of the network.
  ///   - channels: that the network makes.
  /// - Throws: `.memory` without memory.
  init(_ tiles: TilePlan, scale: Int, channels: Int) throws(UpscaleError) {
    self.channels = channels
    sums = try AlignedBuffer(count: Self.count(tiles, scale: scale, channels: channels))
  }

  private static func count(_ tiles: TilePlan, scale: Int, channels: Int) -> Int {
    let columns = tiles.columns.map(\.core.count).max() ?? 0
    let rows = tiles.rows.map(\.core.count).max() ?? 0
    return columns * rows * scale * scale * channels
  }

  static func byteCount(_ tiles: TilePlan, scale: Int, channels: Int) -> Int {
    AlignedBuffer.byteCount(count(tiles, scale: scale, channels: channels))
  }

  /// Begins a tile's next position.
  ///
  /// - Parameters:
  ///   - symmetry: the position.
  ///   - width: columns of the core's result, upright.
  ///   - height: its rows.
  func begin(_ symmetry: Symmetry, width: Int, height: Int) {
    self.symmetry = symmetry
    (self.width, self.height) = (width, height)
    isFirst = symmetry == .identity
  }

  /// Adds pixels of the core's result as it lies.
  ///
  /// - Parameters:
  ///   - samples: `[x][channels]`.
  ///   - row: as it lies.
  ///   - columns: as they lie.
  func add(_ samples: UnsafePointer<Float>, row: Int, columns: Range<Int>) {
    var sample = samples
    for column in columns {
      let (across, down) = symmetry.transposes ? (row, column) : (column, row)
      let x = symmetry.mirrorsColumns ? width - 1 - across : across
      let y = symmetry.mirrorsRows ? height - 1 - down : down
      let sum = sums.pointer + (y * width + x) * channels
      for channel in 0..<channels {
        sum[channel] = isFirst ? sample[channel] : sum[channel] + sample[channel]
      }
      sample += channels
    }
  }

  /// A row of the upright result, averaged: `[x][channels]`. Each may be asked for once.
  func average(row: Int) -> UnsafePointer<Float> {
    let start = sums.pointer + row * width * channels
    for index in 0..<width * channels { start[index] *= 1 / 8 }
    return UnsafePointer(start)
  }
}
