/// How the pixels of a line fall into cells of equal length: each into one, or into two neighbours in shares.
struct CellShares {
  /// The first cell of each pixel.
  let cells: [Int]
  /// What of the pixel lies in it; the rest lies in the next.
  let shares: [Float]
  /// How many cells there are; the last may be shorter.
  let count: Int

  /// - Parameters:
  ///   - pixels: how many there are.
  ///   - length: the line's, in the units of `cell`; pixels divide it equally.
  ///   - cell: a cell's length; no pixel is longer.
  init(pixels: Int, length: Int, cell: Int) {
    // Whole numbers, in units of which a pixel has `length`, and a cell `cell * pixels`.
    let unit = cell * pixels
    count = max(1, (length + cell - 1) / cell)
    var cells: [Int] = []
    var shares: [Float] = []
    for pixel in 0..<pixels {
      let start = pixel * length
      let first = start / unit
      let left = (first + 1) * unit - start
      cells.append(first)
      shares.append(left >= length ? 1 : Float(left) / Float(length))
    }
    (self.cells, self.shares) = (cells, shares)
  }
}
