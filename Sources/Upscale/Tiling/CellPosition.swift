/// Where a pixel lies between the centres of two cells.
struct CellPosition {
  /// The cell whose centre is before the pixel, or the first.
  let cell: Int
  /// The next cell's share, 0…1.
  let share: Float

  /// The positions of a line's pixels.
  ///
  /// - Parameters:
  ///   - pixels: how many there are.
  ///   - length: the line's, in the units of `cell`; pixels divide it equally.
  ///   - cell: a cell's length.
  /// - Returns: one for each pixel.
  static func all(_ pixels: Int, over length: Int, cell: Int) -> [CellPosition] {
    let last = (length + cell - 1) / cell - 1
    return (0..<pixels).map { pixel in
      let place =
        (Double(pixel) + 0.5) * Double(length) / (Double(pixels) * Double(cell)) - 0.5
      let first = min(max(0, Int(place.rounded(.down))), last)
      return CellPosition(cell: first, share: Float(min(max(0, place - Double(first)), 1)))
    }
  }
}
