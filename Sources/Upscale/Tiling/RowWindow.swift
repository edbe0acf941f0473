package import Pictures
import SystemSupport

/// Some rows of a picture, in memory: what a tile's input is read from.
package struct PictureRows {
  /// What the whole picture is like.
  package let format: RowFormat
  /// The rows held.
  package let rows: Range<Int>
  package let bytes: UnsafeRawBufferPointer

  package init(format: RowFormat, rows: Range<Int>, bytes: UnsafeRawBufferPointer) {
    self.format = format
    self.rows = rows
    self.bytes = bytes
  }

  /// One of the rows held.
  func row(_ y: Int) -> UnsafeRawBufferPointer {
    let start = (y - rows.lowerBound) * format.rowByteCount
    return UnsafeRawBufferPointer(rebasing: bytes[start..<start + format.rowByteCount])
  }
}

/// The rows of a picture that the next row of tiles needs: rows come in below, and go above.
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

  /// Lets go of the rows above `first`.
  func drop(above first: Int) {
    let count = min(first, held.upperBound) - held.lowerBound
    guard count > 0, let base = buffer.bytes.baseAddress else { return }
    let kept = (held.count - count) * format.rowByteCount
    base.copyMemory(from: base + count * format.rowByteCount, byteCount: kept)
    held = held.lowerBound + count..<held.upperBound
  }
}
