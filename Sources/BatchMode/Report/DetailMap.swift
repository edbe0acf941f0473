/// How much detail each part of a picture has, to choose the part that a comparison shows.
struct DetailMap {
  private let width: Int
  private let height: Int
  private let channels: Int
  private let cell: Int
  private let columns: Int
  private let rows: Int
  /// Sums of the differences between neighbours, a number for each cell.
  private var sums: [Int]
  private var previous: [UInt8] = []

  /// - Parameters:
  ///   - width: the picture's columns.
  ///   - height: its rows.
  ///   - channels: samples of a pixel.
  ///   - window: the size of the part that will be looked for.
  init(width: Int, height: Int, channels: Int, window: (width: Int, height: Int)) {
    self.width = width
    self.height = height
    self.channels = channels
    // An eighth of the window is fine enough, and a million cells are enough for any picture.
    cell = max(1, min(window.width, window.height) / 8, (max(width, height) + 1023) / 1024)
    columns = (width + cell - 1) / cell
    rows = (height + cell - 1) / cell
    sums = [Int](repeating: 0, count: columns * rows)
  }

  /// Takes row `y`; rows come from the top.
  mutating func add(_ row: [UInt8], y: Int) {
    // Green contributes most to brightness; a gray picture has only one channel.
    let green = channels / 2
    let place = y / cell * columns
    for x in 1..<max(1, width) {
      let here = Int(row[x * channels + green])
      let left = Int(row[(x - 1) * channels + green])
      let above = previous.isEmpty ? here : Int(previous[x * channels + green])
      sums[place + x / cell] += abs(here - left) + abs(here - above)
    }
    previous = row
  }

  /// Finds the window with most detail; among equals the most central.
  ///
  /// - Parameters:
  ///   - window: columns and rows, no more than the picture's.
  ///   - lowestRow: where windows end that may be chosen; the topmost always may.
  /// - Returns: Its top left corner.
  func richest(window: (width: Int, height: Int), lowestRow: Int) -> (x: Int, y: Int) {
    // totals[y][x] is the sum above and to the left, so that a window's sum takes four numbers.
    let side = columns + 1
    var totals = [Int](repeating: 0, count: side * (rows + 1))
    for y in 0..<rows {
      var sum = 0
      for x in 0..<columns {
        sum += sums[y * columns + x]
        totals[(y + 1) * side + x + 1] = totals[y * side + x + 1] + sum
      }
    }
    let across = min(columns, max(1, window.width / cell))
    let down = min(rows, max(1, window.height / cell))
    var best = (score: -1.0, x: 0, y: 0)
    for y in 0...(rows - down) {
      guard y == 0 || y * cell + window.height <= lowestRow else { break }
      for x in 0...(columns - across) {
        let detail =
          totals[(y + down) * side + x + across] - totals[y * side + x + across]
          - totals[(y + down) * side + x] + totals[y * side + x]
        // The subject of a picture is seldom at its edge.
        let offX = columns > across ? 2 * Double(x) / Double(columns - across) - 1 : 0
        let offY = rows > down ? 2 * Double(y) / Double(rows - down) - 1 : 0
        let score = Double(detail + 1) * (1 - 0.12 * (offX * offX + offY * offY))
        if score > best.score { best = (score, x, y) }
      }
    }
    return (min(best.x * cell, width - window.width), min(best.y * cell, height - window.height))
  }
}
