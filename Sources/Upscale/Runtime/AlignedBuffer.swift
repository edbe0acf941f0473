import Glibc

/// Zeroed floats at a 64-byte boundary, owned.
///
/// `@unchecked Sendable`: the buffer itself is immutable (a pointer and a length); who may write
/// which part at what time is decided by the layers that share it between threads.
package final class AlignedBuffer: @unchecked Sendable {
  package let pointer: UnsafeMutablePointer<Float>
  package let count: Int

  private static let hugePage = 2 << 20

  /// - Throws: kind `.tryLater` if the system has no memory for it.
  package init(count: Int) throws(UpscaleError) {
    let (bytes, overflow) = max(count, 1).multipliedReportingOverflow(
      by: MemoryLayout<Float>.size)
    let isLarge = bytes >= 1 << 20
    let alignment = isLarge ? Self.hugePage : 64
    // Whole pages, where there is no end of a huge one left over.
    let (end, isTooLarge) = bytes.addingReportingOverflow(alignment - 1)
    let size = isLarge ? end / alignment * alignment : bytes
    var memory: UnsafeMutableRawPointer?
    guard !overflow, !isTooLarge, posix_memalign(&memory, alignment, size) == 0, let memory else {
      throw UpscaleError(
        .tryLater,
        "not enough memory for \(byteCountText(bytes)) of work buffers; use a smaller --tile")
    }
    if isLarge { madvise(memory, size, MADV_HUGEPAGE) }
    memset(memory, 0, bytes)
    pointer = memory.bindMemory(to: Float.self, capacity: count)
    self.count = count
  }

  deinit { free(pointer) }
}
