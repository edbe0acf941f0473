import Glibc

/// Zeroed floats at a 64-byte boundary, owned.
///
/// `@unchecked Sendable`: the buffer itself is immutable (a pointer and a length). The layers that share
/// it between threads decide which thread may write which part at what time.
package final class AlignedBuffer: @unchecked Sendable {
  package let pointer: UnsafeMutablePointer<Float>
  package let count: Int

  private static let hugePage = 2 << 20

  /// Bytes that a buffer takes: from 1 MiB on rounded up to whole huge pages.
  package static func byteCount(_ count: Int) -> Int {
    let (bytes, overflow) = max(count, 1).multipliedReportingOverflow(by: MemoryLayout<Float>.size)
    guard !overflow, bytes < Int.max - hugePage else { return Int.max }
    return bytes >= 1 << 20 ? (bytes + hugePage - 1) / hugePage * hugePage : bytes
  }

  /// - Throws: `.memory` if the system has no memory for it.
  package init(count: Int) throws(UpscaleError) {
    let size = Self.byteCount(count)
    let isLarge = size >= 1 << 20
    let alignment = isLarge ? Self.hugePage : 64
    var memory: UnsafeMutableRawPointer?
    guard size < Int.max, posix_memalign(&memory, alignment, size) == 0, let memory else {
      throw UpscaleError(
        .memory(.init(.workBuffers, needed: size)),
        "not enough memory for \(byteCountText(size)) of work buffers")
    }
    if isLarge { madvise(memory, size, MADV_HUGEPAGE) }
    memset(memory, 0, max(count, 1) * MemoryLayout<Float>.size)
    pointer = memory.bindMemory(to: Float.self, capacity: count)
    self.count = count
  }

  deinit { free(pointer) }
}
