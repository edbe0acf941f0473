package import SystemSupport

/// Brings rows back to where they are proportional to light, as the input's were.
package final class LightStage {
  private let coding: LightCoding
  private let format: RowFormat
  private let row: ByteBuffer
  private let next: RowSink

  /// - Parameters:
  ///   - coding: what was made of the input.
  ///   - format: the rows, of 16 bits.
  ///   - next: takes the rows.
  /// - Throws: `.memory` without memory.
  package init(
    _ coding: LightCoding, _ format: RowFormat, next: @escaping RowSink
  ) throws(UpscaleError) {
    self.coding = coding
    self.format = format
    self.next = next
    row = try ByteBuffer(count: format.rowByteCount, for: "output rows")
  }

  package func take(_ rows: UnsafeRawBufferPointer) throws(UpscaleError) {
    for start in stride(from: 0, to: rows.count, by: format.rowByteCount) {
      coding.decode(
        UnsafeRawBufferPointer(rebasing: rows[start..<start + format.rowByteCount]),
        layout: format.layout, into: row.bytes)
      try next(UnsafeRawBufferPointer(row.bytes))
    }
  }
}
