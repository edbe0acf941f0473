import Pictures
import SystemSupport

/// The rows of a picture that the next row of tiles needs: rows are appended at the bottom and dropped at
/// the top.
final class RowWindow {
  private let format: RowFormat
  private let buffer: ByteBuffer
  private var held: Range<Int> = 0..<0

  /// - Parameters:
  ///   - format: what the picture is like.
  ///   - capacity: rows held at most.
  /// - Throws: `.memory` without memory.
  init(_ format: RowFormat, capacity: Int) throws(UpscaleError) {
    self.format = format
    buffer = try ByteBuffer(
      count: RowWindow.byteCount(format, capacity: capacity), for: "input rows")
  }

  static func byteCount(_ format: RowFormat, capacity: Int) -> Int {
    capacity * format.rowByteCount
  }

  /// What is held.
  var content: PictureRows {
    PictureRows(
      format: format, rows: held,
      bytes: UnsafeRawBufferPointer(
        rebasing: buffer.bytes[..<(held.count * format.rowByteCount)]))
  }

  /// Appends rows.
  func append(_ rows: UnsafeRawBufferPointer) {
    let start = held.count * format.rowByteCount
    UnsafeMutableRawBufferPointer(rebasing: buffer.bytes[start..<start + rows.count])
      .copyMemory(from: rows)
    held = held.lowerBound..<held.upperBound + rows.count / format.rowByteCount
  }

  /// Drops the rows above `first`.
  func drop(above first: Int) {
    let count = min(first, held.upperBound) - held.lowerBound
    guard count > 0, let base = buffer.bytes.baseAddress else { return }
    let kept = (held.count - count) * format.rowByteCount
    base.copyMemory(from: base + count * format.rowByteCount, byteCount: kept)
    held = held.lowerBound + count..<held.upperBound
  }
}
