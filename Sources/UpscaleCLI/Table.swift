import Upscale

/// Rows in columns, each as wide as its longest cell.
func table(_ rows: [[String]]) -> String {
  let rows = rows.map { $0.map(visible) }
  let columns = rows.map(\.count).max() ?? 0
  let widths = (0..<columns).map { column in
    rows.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0
  }
  return rows.map { row in
    row.enumerated().map { column, cell in
      column == row.count - 1
        ? cell : cell + String(repeating: " ", count: widths[column] - cell.count + 2)
    }.joined()
  }.joined(separator: "\n")
}
