import Pictures
import SystemSupport

/// A picture resampled to the size of the result, by rows with 16 bits a sample: what a network's result is
/// mixed with.
///
/// The network's rows come long after the input's, which wait here until they are needed.
final class PlainEnlargement {
  private let resizer: RowResizer
  private let input: RowFormat
  private let queue: RowQueue
  private let widened: ByteBuffer
  private let row: ByteBuffer
  private let count: Int

  /// - Parameters:
  ///   - input: the rows that come.
  ///   - output: the size of the result.
  ///   - waitingRows: how many rows may have to wait.
  /// - Throws: `.memory` without memory.
  init(from input: RowFormat, to output: RowFormat, waitingRows: Int) throws(UpscaleError) {
    self.input = input
    let wide = Self.widened(input)
    resizer = RowResizer(from: wide, width: output.width, height: output.height)
    queue = try RowQueue(input, capacity: waitingRows)
    widened = try ByteBuffer(count: wide.rowByteCount, for: "input rows")
    count = output.width * output.layout.rawValue
    row = try ByteBuffer(count: count * 2, for: "output rows")
  }

  private static func widened(_ format: RowFormat) -> RowFormat {
    var format = format
    format.depth = .sixteen
    return format
  }

  /// Bytes without the rows that wait.
  static func byteCount(from input: RowFormat, to output: RowFormat) -> Int {
    let wide = widened(input)
    return RowResizer.byteCount(from: wide, width: output.width, height: output.height)
      + wide.rowByteCount + widened(output).rowByteCount
  }

  /// Takes rows of the input.
  ///
  /// - Throws: `.internalFault` for more than were planned for.
  func take(_ rows: UnsafeRawBufferPointer) throws(UpscaleError) { try queue.append(rows) }

  /// A row of the result: 16-bit samples. Each may be asked for once, from the top on.
  ///
  /// - Throws: `.internalFault` where the rows that it is made of are not there yet.
  func row(_ y: Int) throws(UpscaleError) -> UnsafeRawBufferPointer {
    while resizer.rowNeeded(for: y) != nil {
      guard let first = queue.first else {
        throw UpscaleError(.internalFault, "row \(y) is asked for before the rows it is made of")
      }
      copySamples(
        input.width * input.layout.rawValue, from: first, .init(input.depth), to: widened.bytes,
        .init(.sixteen))
      resizer.push(UnsafeRawBufferPointer(widened.bytes))
      queue.removeFirst()
    }
    resizer.write(row: y, into: row.bytes)
    return UnsafeRawBufferPointer(row.bytes)
  }

  /// Whether the rows that a row of the result is made of are there.
  func isReady(_ y: Int) -> Bool { resizer.lastRowNeeded(for: y) < queue.rows.upperBound }
}
