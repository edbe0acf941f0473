import Glibc

/// Zeroed floats at a 64-byte boundary, owned.
///
/// `@unchecked Sendable`: the buffer itself is immutable (a pointer and a length); who may write
/// which part at what time is decided by the layers that share it between threads.
package final class AlignedBuffer: @unchecked Sendable {
  package let pointer: UnsafeMutablePointer<Float>
  package let count: Int

  /// - Throws: kind `.tryLater` if the system has no memory for it.
  package init(count: Int) throws(UpscaleError) {
    let (bytes, overflow) = max(count, 1).multipliedReportingOverflow(
      by: MemoryLayout<Float>.size)
    var memory: UnsafeMutableRawPointer?
    let isLarge = bytes >= 1 << 20
    let whole = isLarge ? (bytes + (2 << 20) - 1) / (2 << 20) * (2 << 20) : bytes
    guard !overflow, posix_memalign(&memory, isLarge ? 2 << 20 : 64, whole) == 0, let memory else {
      throw UpscaleError(
        .tryLater,
        "not enough memory for \(byteCountText(bytes)) of work buffers; use a smaller --tile")
    }
    if isLarge { madvise(memory, whole, MADV_HUGEPAGE) }
    memset(memory, 0, bytes)
    pointer = memory.bindMemory(to: Float.self, capacity: count)
    self.count = count
  }

  deinit { free(pointer) }
}
