extension Picture {
  /// The picture at another size: Lanczos-3, antialiased when shrinking.
  ///
  /// Samples are weighted by their alpha, so that the colour of invisible pixels does not bleed
  /// into visible ones. The arithmetic is in single precision, the same on every CPU, with one
  /// rounding at the end. Beside the result it takes memory for some rows only.
  ///
  /// - Precondition: Both sides are positive.
  /// - Complexity: O(*n* · *t*), *n* the samples of source and result, *t* the filter's taps: 6, or
  ///   6 times the factor of shrinking.
  public func resized(width newWidth: Int, height newHeight: Int) -> Picture {
    precondition(newWidth > 0 && newHeight > 0, "a picture has at least one pixel")
    guard newWidth != width || newHeight != height else { return self }
    let resizer = RowResizer(
      from: RowFormat(width: width, height: height, layout: layout, depth: depth),
      width: newWidth, height: newHeight)
    let newRow = newWidth * layout.rawValue * depth.byteCount
    let size = newHeight * newRow
    let resized = [UInt8](unsafeUninitializedCapacity: size) { target, count in
      bytes.withUnsafeBytes { source in
        let target = UnsafeMutableRawBufferPointer(target)
        for y in 0..<newHeight {
          while let row = resizer.rowNeeded(for: y) {
            resizer.push(
              UnsafeRawBufferPointer(
                rebasing: source[row * rowByteCount..<(row + 1) * rowByteCount]))
          }
          resizer.write(
            row: y,
            into: UnsafeMutableRawBufferPointer(rebasing: target[y * newRow..<(y + 1) * newRow]))
        }
      }
      count = size
    }
    var result = Picture(
      width: newWidth, height: newHeight, layout: layout, depth: depth, bytes: resized)
    result.color = color
    return result
  }
}
