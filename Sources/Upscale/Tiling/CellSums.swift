import Pictures

/// Sums of a picture's colours over cells, by rows; colours count by their alpha.
///
/// Rows come one after the other, so that the sums are the same whatever computed the rows.
struct CellSums {
  private let format: RowFormat
  private let columns: CellShares
  private let rows: CellShares
  /// Of each cell that has begun and was not taken: the colours' sums, and alpha's.
  private var sums: [Int: [Float]] = [:]
  private var line: [Float]
  /// Rows that have come.
  private(set) var height = 0

  /// - Parameters:
  ///   - format: of the rows.
  ///   - size: what the cells divide: columns and rows of the input.
  ///   - cell: a cell's side.
  init(_ format: RowFormat, over size: (width: Int, height: Int), cell: Int) {
    self.format = format
    columns = CellShares(pixels: format.width, length: size.width, cell: cell)
    rows = CellShares(pixels: format.height, length: size.height, cell: cell)
    // One more, for the rest of the last pixel, which is nothing.
    line = [Float](repeating: 0, count: (columns.count + 1) * (format.layout.colorCount + 1))
  }

  /// Rows of cells.
  var cellRows: Int { rows.count }

  /// How many rows of cells have all their pixels.
  var completeRows: Int { height == format.height ? rows.count : rows.cells[height] }

  /// Takes the next row.
  mutating func take(_ row: UnsafeRawBufferPointer) {
    for index in line.indices { line[index] = 0 }
    switch format.depth {
    case .eight: add(row, of: UInt8.self)
    case .sixteen: add(row, of: UInt16.self)
    }
    let (first, share) = (rows.cells[height], rows.shares[height])
    merge(into: first, share)
    if share < 1, first + 1 < rows.count { merge(into: first + 1, 1 - share) }
    height += 1
  }

  private mutating func merge(into cellRow: Int, _ share: Float) {
    var kept = sums.removeValue(forKey: cellRow) ?? [Float](repeating: 0, count: line.count)
    for index in line.indices { kept[index] += line[index] * share }
    sums[cellRow] = kept
  }

  /// The mean colours of a row of cells, 0…1, and their mean alpha, without counting them any longer.
  mutating func removeRow(_ cellRow: Int) -> [Float] {
    guard var row = sums.removeValue(forKey: cellRow) else { return [] }
    let colors = format.layout.colorCount
    for cell in 0..<columns.count {
      let start = cell * (colors + 1)
      let weight = row[start + colors]
      for index in start..<start + colors { row[index] = weight > 0 ? row[index] / weight : 0 }
    }
    return row
  }

  private mutating func add<Sample: FixedWidthInteger & BitwiseCopyable>(
    _ row: UnsafeRawBufferPointer, of: Sample.Type
  ) {
    let samples = row.assumingMemoryBound(to: Sample.self)
    let (channels, colors) = (format.layout.rawValue, format.layout.colorCount)
    let hasAlpha = format.layout.hasAlpha
    let unit = 1 / Float(Sample.max)
    line.withUnsafeMutableBufferPointer { line in
      for x in 0..<format.width {
        let pixel = x * channels
        let alpha = hasAlpha ? Float(samples[pixel + colors]) * unit : 1
        let (place, share) = (columns.cells[x] * (colors + 1), columns.shares[x])
        for color in 0..<colors {
          let value = Float(samples[pixel + color]) * unit * alpha
          line[place + color] += value * share
          line[place + colors + 1 + color] += value * (1 - share)
        }
        line[place + colors] += alpha * share
        line[place + 2 * colors + 1] += alpha * (1 - share)
      }
    }
  }
}
