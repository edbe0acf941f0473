import Glibc

/// Zeroed bytes, owned. They are allocated so that a lack of memory is an error and does not end the
/// process.
///
/// `@unchecked Sendable` as `AlignedBuffer`.
package final class ByteBuffer: @unchecked Sendable {
  package let bytes: UnsafeMutableRawBufferPointer

  /// - Throws: `.memory` if the system has no memory for it.
  package init(count: Int, for purpose: String) throws(UpscaleError) {
    guard let memory = calloc(max(1, count), 1) else {
      throw UpscaleError(
        .memory(), "not enough memory for \(byteCountText(count)) of \(purpose)")
    }
    bytes = UnsafeMutableRawBufferPointer(start: memory, count: count)
  }

  deinit { free(bytes.baseAddress) }
}
