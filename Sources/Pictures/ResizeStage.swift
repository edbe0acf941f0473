package import SystemSupport

/// Resamples a picture that is read and handed on by rows.
package final class ResizeStage {
  private let resizer: RowResizer
  private let input: RowFormat
  private let output: RowFormat
  private let next: RowSink
  private let resized: ByteBuffer
  private let rounded: ByteBuffer
  private var nextRow = 0

  /// - Parameters:
  ///   - input: the rows that come.
  ///   - output: another size; the same layout; any depth, to which samples are rounded at the end.
  ///   - next: takes the resampled rows.
  /// - Throws: `.memory` without memory.
  package init(from input: RowFormat, to output: RowFormat, next: @escaping RowSink)
    throws(UpscaleError)
  {
    resizer = RowResizer(from: input, width: output.width, height: output.height)
    self.input = input
    self.output = output
    self.next = next
    resized = try ByteBuffer(
      count: output.width * output.layout.rawValue * input.depth.byteCount, for: "output rows")
    rounded = try ByteBuffer(count: output.rowByteCount, for: "output rows")
  }

  package static func byteCount(from input: RowFormat, to output: RowFormat) -> Int {
    RowResizer.byteCount(from: input, width: output.width, height: output.height)
      + 2 * output.width * output.layout.rawValue * 2
  }

  package func take(_ rows: UnsafeRawBufferPointer) throws(UpscaleError) {
    for start in stride(from: 0, to: rows.count, by: input.rowByteCount) {
      resizer.push(UnsafeRawBufferPointer(rebasing: rows[start..<start + input.rowByteCount]))
      while nextRow < output.height, resizer.rowNeeded(for: nextRow) == nil {
        resizer.write(row: nextRow, into: resized.bytes)
        try next(converted(resized.bytes))
        nextRow += 1
      }
    }
  }

  /// A row in the output's depth.
  private func converted(_ row: UnsafeMutableRawBufferPointer) -> UnsafeRawBufferPointer {
    let source = UnsafeRawBufferPointer(row)
    guard input.depth != output.depth else { return source }
    copySamples(
      output.width * output.layout.rawValue, from: source, .init(input.depth), to: rounded.bytes,
      .init(output.depth))
    return UnsafeRawBufferPointer(rounded.bytes)
  }
}
