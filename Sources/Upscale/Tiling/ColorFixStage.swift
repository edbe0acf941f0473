import Pictures
import SystemSupport

/// Gives a result the colours of its input: what both differ by over a wide area is added to the result, while its
/// detail stays.
///
/// Both are averaged over cells of the input's pixels. The differences are smoothed over neighbouring cells, and
/// interpolated between their centres.
final class ColorFixStage {
  private let output: RowFormat
  private let cell: Int
  private let next: RowSink
  private let queue: RowQueue
  private let row: ByteBuffer
  private let columns: [CellPosition]
  private let rows: [CellPosition]
  private let colors: Int
  private let cellColumns: Int
  private var wanted: CellSums
  private var given: CellSums
  /// Differences of rows of cells, colours and weight, and the same smoothed, while they are needed.
  private var differences: [Int: [Float]] = [:]
  private var smoothed: [Int: [Float]] = [:]
  private var nextDifference = 0
  private var nextRow = 0
  private var correction: [Float]

  /// - Parameters:
  ///   - input: the rows of the picture.
  ///   - output: those of the result, of 16 bits.
  ///   - next: takes the rows with the input's colours.
  /// - Throws: `.memory` without memory.
  init(
    from input: RowFormat, to output: RowFormat, next: @escaping RowSink
  ) throws(UpscaleError) {
    self.output = output
    self.next = next
    cell = Self.cell(input, output)
    colors = output.layout.colorCount
    cellColumns = (input.width + cell - 1) / cell
    wanted = CellSums(input, over: (input.width, input.height), cell: cell)
    given = CellSums(output, over: (input.width, input.height), cell: cell)
    columns = CellPosition.all(output.width, over: input.width, cell: cell)
    rows = CellPosition.all(output.height, over: input.height, cell: cell)
    queue = try RowQueue(output, capacity: Self.waitingRows(input, output))
    row = try ByteBuffer(count: output.rowByteCount, for: "output rows")
    correction = [Float](repeating: 0, count: cellColumns * colors)
  }

  /// A cell's side in pixels of the input: as small as lets the network's detail alone.
  private static func cell(_ input: RowFormat, _ output: RowFormat) -> Int {
    // No pixel of the result may be longer.
    max(
      8, (input.width + output.width - 1) / output.width,
      (input.height + output.height - 1) / output.height)
  }

  /// Rows of the result that wait at most, until three more rows of cells are there.
  private static func waitingRows(_ input: RowFormat, _ output: RowFormat) -> Int {
    let cellHeight = (cell(input, output) * output.height + input.height - 1) / input.height
    return min(output.height, 4 * (cellHeight + 1) + 4)
  }

  /// Bytes that it takes at most.
  static func byteCount(from input: RowFormat, to output: RowFormat) -> Int {
    let side = cell(input, output)
    let cells = ((input.width + side - 1) / side + 1) * (output.layout.colorCount + 1) * 4
    // Of the input all rows of cells, since the result may come when all of it is read; a few of the others.
    let grid = ((input.height + side - 1) / side + 12) * (cells + 64)
    return grid + (waitingRows(input, output) + 1) * output.rowByteCount
      + 16 * (input.width + input.height + 2 * (output.width + output.height))
  }

  /// Takes rows of the input; must have them before the result's.
  func takeInput(_ rows: UnsafeRawBufferPointer, rowByteCount: Int) {
    for start in stride(from: 0, to: rows.count, by: rowByteCount) {
      wanted.take(UnsafeRawBufferPointer(rebasing: rows[start..<start + rowByteCount]))
    }
  }

  /// Takes rows of the result.
  func take(_ rows: UnsafeRawBufferPointer) throws(UpscaleError) {
    for start in stride(from: 0, to: rows.count, by: output.rowByteCount) {
      let row = UnsafeRawBufferPointer(rebasing: rows[start..<start + output.rowByteCount])
      try queue.append(row)
      given.take(row)
      let complete = min(given.completeRows, wanted.completeRows)
      while nextDifference < complete { addDifference() }
      while let first = queue.first,
        nextDifference > min(self.rows[nextRow].cell + 2, given.cellRows - 1)
      {
        correct(first)
        queue.removeFirst()
        nextRow += 1
        try next(UnsafeRawBufferPointer(self.row.bytes))
      }
    }
  }

  /// The difference of the next row of cells; each colour times its weight, and the weights.
  private func addDifference() {
    var row = wanted.removeRow(nextDifference)
    let result = given.removeRow(nextDifference)
    for cell in 0..<cellColumns {
      let start = cell * (colors + 1)
      // Where either is transparent there is nothing to compare.
      let weight = result[start + colors] > 0 ? row[start + colors] : 0
      for index in start..<start + colors { row[index] = (row[index] - result[index]) * weight }
      row[start + colors] = weight
    }
    differences[nextDifference] = row
    nextDifference += 1
  }

  /// A row of cells, smoothed across and down by 1 2 1.
  private func smooth(_ cellRow: Int) -> [Float] {
    if let known = smoothed[cellRow] { return known }
    let last = given.cellRows - 1
    let above = differences[max(0, cellRow - 1)] ?? []
    let middle = differences[cellRow] ?? []
    let below = differences[min(last, cellRow + 1)] ?? []
    let size = colors + 1
    var result = [Float](repeating: 0, count: cellColumns * colors)
    for cell in 0..<cellColumns {
      let (left, right) = (max(0, cell - 1) * size, min(cellColumns - 1, cell + 1) * size)
      let place = cell * size
      func sum(_ channel: Int) -> Float {
        func across(_ row: [Float]) -> Float {
          row[left + channel] + 2 * row[place + channel] + row[right + channel]
        }
        return across(above) + 2 * across(middle) + across(below)
      }
      let weight = sum(colors)
      for color in 0..<colors {
        result[cell * colors + color] = weight > 0 ? sum(color) / weight : 0
      }
    }
    smoothed[cellRow] = result
    smoothed[cellRow - 2] = nil
    differences[cellRow - 2] = nil
    return result
  }

  /// Writes a row of the result with its correction into `row`.
  private func correct(_ source: UnsafeRawBufferPointer) {
    let position = rows[nextRow]
    let upper = smooth(position.cell)
    let lower = smooth(min(position.cell + 1, given.cellRows - 1))
    for index in correction.indices {
      correction[index] = upper[index] + (lower[index] - upper[index]) * position.share
    }
    let samples = source.assumingMemoryBound(to: UInt16.self)
    let target = row.bytes.assumingMemoryBound(to: UInt16.self)
    let channels = output.layout.rawValue
    correction.withUnsafeBufferPointer { correction in
      for x in 0..<output.width {
        let column = columns[x]
        let from = column.cell * colors
        let to = min(column.cell + 1, cellColumns - 1) * colors
        for color in 0..<colors {
          let left = correction[from + color]
          let value = left + (correction[to + color] - left) * column.share
          let sample = Float(samples[x * channels + color]) + value * 65535
          target[x * channels + color] = UInt16(min(max(sample, 0), 65535) + 0.5)
        }
        if channels > colors { target[x * channels + colors] = samples[x * channels + colors] }
      }
    }
  }
}
