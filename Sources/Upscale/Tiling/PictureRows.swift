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
