import Pictures
import SystemSupport

/// Keeps the alpha of an enlarged picture between the least and the greatest alpha of the input's pixels
/// around it: what is opaque stays opaque, and neither a network nor a resampler adds rings to an edge.
struct AlphaBounds {
  let input: RowFormat
  let output: RowFormat
  let scale: Int

  /// Bytes that a thread takes.
  static func byteCount(_ input: RowFormat) -> Int {
    2 * input.width * MemoryLayout<ClosedRange<Int>>.stride
  }

  /// Bounds the alpha of rows of the output.
  ///
  /// - Parameters:
  ///   - target: the rows; changed in place.
  ///   - rows: which they are.
  ///   - window: rows of the input, with a neighbour above and below where there are any.
  ///   - pool: the threads that do it.
  func apply(
    to target: UnsafeMutableRawBufferPointer, rows: Range<Int>, from window: PictureRows,
    on pool: ThreadPool
  ) {
    let first = rows.lowerBound / scale
    let last = (rows.upperBound + scale - 1) / scale
    // Threads write different rows.
    nonisolated(unsafe) let target = target
    let (window, rows) = (Window(content: window), rows)
    pool.parallelFor(last - first) { index in
      let y = first + index
      let bounds = self.bounds(around: y, in: window.content)
      for row in (y * scale..<(y + 1) * scale).clamped(to: rows) {
        let start = (row - rows.lowerBound) * output.rowByteCount
        bound(
          UnsafeMutableRawBufferPointer(rebasing: target[start..<start + output.rowByteCount]),
          bounds)
      }
    }
  }

  /// `@unchecked Sendable`: the rows are only read.
  private struct Window: @unchecked Sendable {
    let content: PictureRows
  }

  /// Whether alpha has one value in a rectangle of the input and around it, so that its bounds say all.
  func isConstant(columns: Range<Int>, rows: Range<Int>, in window: PictureRows) -> Bool {
    let columns = (columns.lowerBound - 1..<columns.upperBound + 1).clamped(to: 0..<input.width)
    let rows = (rows.lowerBound - 1..<rows.upperBound + 1).clamped(to: 0..<input.height)
    guard let y = rows.first, let x = columns.first else { return true }
    let value = alpha(window.row(y), x)
    return rows.allSatisfy { y in
      let row = window.row(y)
      return columns.allSatisfy { alpha(row, $0) == value }
    }
  }

  /// The least and the greatest alpha, in the output's depth, of three by three pixels at each place of a
  /// row.
  private func bounds(around y: Int, in window: PictureRows) -> [ClosedRange<Int>] {
    let rows = (y - 1..<y + 2).clamped(to: 0..<input.height).map(window.row)
    let columns = (0..<input.width).map { x in
      var (least, greatest) = (Int.max, 0)
      for row in rows {
        let value = alpha(row, x)
        least = min(least, value)
        greatest = max(greatest, value)
      }
      return least...greatest
    }
    return columns.indices.map { x in
      let (left, right) = (max(0, x - 1), min(input.width - 1, x + 1))
      return min(
        columns[left].lowerBound, columns[x].lowerBound, columns[right].lowerBound)...max(
          columns[left].upperBound, columns[x].upperBound, columns[right].upperBound)
    }
  }

  /// A pixel's alpha, in the output's depth.
  private func alpha(_ row: UnsafeRawBufferPointer, _ x: Int) -> Int {
    let place = (x + 1) * input.layout.rawValue - 1
    let value =
      switch input.depth {
      case .eight: Int(row[place])
      case .sixteen: Int(row.loadUnaligned(fromByteOffset: 2 * place, as: UInt16.self))
      }
    return input.depth.converted(value, to: output.depth)
  }

  private func bound(_ row: UnsafeMutableRawBufferPointer, _ bounds: [ClosedRange<Int>]) {
    let channels = output.layout.rawValue
    for x in 0..<output.width {
      let place = (x + 1) * channels - 1
      let range = bounds[x / scale]
      switch output.depth {
      case .eight:
        row[place] = UInt8(
          truncatingIfNeeded: min(max(Int(row[place]), range.lowerBound), range.upperBound))
      case .sixteen:
        let value = Int(row.loadUnaligned(fromByteOffset: 2 * place, as: UInt16.self))
        row.storeBytes(
          of: UInt16(truncatingIfNeeded: min(max(value, range.lowerBound), range.upperBound)),
          toByteOffset: 2 * place, as: UInt16.self)
      }
    }
  }
}
