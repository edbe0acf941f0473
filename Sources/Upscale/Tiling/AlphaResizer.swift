import Pictures

/// Alpha of an enlarged picture: that of the input, resampled.
final class AlphaResizer {
  private let resizer: RowResizer
  private let input: RowFormat
  private let output: RowFormat
  private var source: [UInt8]
  private var resized: [UInt8]

  init(from input: RowFormat, to output: RowFormat) {
    let plane = RowFormat(
      width: input.width, height: input.height, layout: .gray, depth: input.depth)
    resizer = RowResizer(from: plane, width: output.width, height: output.height)
    self.input = input
    self.output = output
    source = [UInt8](repeating: 0, count: plane.rowByteCount)
    resized = [UInt8](repeating: 0, count: output.width * input.depth.byteCount)
  }

  static func byteCount(from input: RowFormat, to output: RowFormat) -> Int {
    var plane = input
    plane.layout = .gray
    return RowResizer.byteCount(from: plane, width: output.width, height: output.height)
      + plane.rowByteCount + output.width * input.depth.byteCount
  }

  /// Writes alpha into rows of the output that hold colour.
  func fill(
    _ target: UnsafeMutableRawBufferPointer, rows: Range<Int>, from window: PictureRows
  ) {
    let channels = output.layout.rawValue
    for y in rows {
      while let needed = resizer.rowNeeded(for: y) {
        let row = window.row(needed)
        source.withUnsafeMutableBytes {
          copySamples(
            input.width, from: row, .init(input.depth, first: channels - 1, step: channels), to: $0,
            .init(input.depth))
        }
        source.withUnsafeBytes { resizer.push($0) }
      }
      resized.withUnsafeMutableBytes { resizer.write(row: y, into: $0) }
      let first = ((y - rows.lowerBound) * output.width + 1) * channels - 1
      resized.withUnsafeBytes {
        copySamples(
          output.width, from: $0, .init(input.depth), to: target,
          .init(output.depth, first: first, step: channels))
      }
    }
  }
}
