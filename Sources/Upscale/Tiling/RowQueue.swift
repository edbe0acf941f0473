import Pictures
import SystemSupport

/// Rows of a picture that wait for their turn: they come in at the end, and go from the start.
final class RowQueue {
  private let rowSize: Int
  private let capacity: Int
  private let buffer: ByteBuffer
  /// The rows held; row `y` is at place `y % capacity`.
  private(set) var rows = 0..<0

  /// - Parameters:
  ///   - format: what the picture is like.
  ///   - capacity: rows held at most.
  /// - Throws: `.memory` without memory.
  init(_ format: RowFormat, capacity: Int) throws(UpscaleError) {
    rowSize = format.rowByteCount
    self.capacity = capacity
    buffer = try ByteBuffer(count: capacity * rowSize, for: "input rows")
  }

  /// Appends rows.
  ///
  /// - Throws: `.internalFault` for more rows than were planned for.
  func append(_ new: UnsafeRawBufferPointer) throws(UpscaleError) {
    let count = new.count / rowSize
    guard rows.count + count <= capacity else {
      throw UpscaleError(
        .internalFault, "\(rows.count + count) rows wait where \(capacity) were planned")
    }
    for index in 0..<count {
      place(rows.upperBound + index).copyMemory(
        from: UnsafeRawBufferPointer(rebasing: new[index * rowSize..<(index + 1) * rowSize]))
    }
    rows = rows.lowerBound..<rows.upperBound + count
  }

  /// The first row held; valid until rows are appended.
  var first: UnsafeRawBufferPointer? {
    rows.isEmpty ? nil : UnsafeRawBufferPointer(place(rows.lowerBound))
  }

  /// Lets go of the first row.
  func removeFirst() { rows = rows.dropFirst() }

  private func place(_ row: Int) -> UnsafeMutableRawBufferPointer {
    let start = row % capacity * rowSize
    return UnsafeMutableRawBufferPointer(rebasing: buffer.bytes[start..<start + rowSize])
  }
}
