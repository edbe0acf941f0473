import Glibc

/// A regular file mapped read-only into memory, unmapped when the last owner lets go.
///
/// Weights stay in the page cache and are shared between processes; nothing is copied until a
/// tensor is turned into floats. Whoever truncates the file in place while it is mapped makes the
/// process fail with SIGBUS: weight files are therefore replaced by rename, never rewritten.
///
/// Safe to share between threads: nothing changes after `init`.
package final class MappedFile: Sendable {
  /// The path as given, for messages.
  package let path: String
  /// The number of bytes in the file at the time of mapping.
  package let count: Int
  // The address rather than a pointer, so that `Sendable` holds by construction.
  private let address: UInt

  /// Maps the file at `path`.
  ///
  /// - Throws: `.badModel` when there is no such file or it is not a regular file, `.permission`
  ///   when it may not be read, `.inputOutput` when the system fails. The message does not name
  ///   the file: callers prefix it.
  package init(path: String) throws(UpscaleError) {
    // O_NONBLOCK: opening a FIFO must not wait for a writer.
    let descriptor: Int32
    do throws(SystemFailure) {
      descriptor = try BytePath(path).call(retrying: true) {
        open($0, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
      }
    } catch {
      throw MappedFile.openFailure(error.code)
    }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      throw UpscaleError(.inputOutput, "cannot be examined: \(String(cString: strerror(errno)))")
    }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw UpscaleError(.badModel, "is not a regular file, so it cannot be a model")
    }
    let count = Int(status.st_size)
    self.path = path
    self.count = count
    guard count > 0 else {
      address = 0
      return
    }
    let mapping = mmap(nil, count, PROT_READ, MAP_PRIVATE, descriptor, 0)
    guard let mapping, mapping != MAP_FAILED else {
      throw UpscaleError(
        errno == ENOMEM ? .tryLater : .inputOutput,
        "cannot be mapped: \(String(cString: strerror(errno)))")
    }
    address = UInt(bitPattern: mapping)
  }

  deinit {
    if let start = UnsafeMutableRawPointer(bitPattern: address) { munmap(start, count) }
  }

  /// Lets go of the memory; what is read again comes from the file again.
  package func releasePages() {
    guard let start = UnsafeMutableRawPointer(bitPattern: address) else { return }
    madvise(start, count, MADV_DONTNEED)
  }

  /// Calls `body` with the bytes of the file, which are valid only during the call.
  package func withBytes<Result, Failure: Error>(
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    let bytes = UnsafeRawBufferPointer(start: UnsafeRawPointer(bitPattern: address), count: count)
    // Keeps the mapping alive over the call, whatever the optimiser thinks of `self`.
    defer { withExtendedLifetime(self) {} }
    return try body(bytes)
  }

  /// A copy of the bytes in `range`, which must lie inside the file.
  package func copy(_ range: Range<Int>) -> [UInt8] {
    precondition(range.lowerBound >= 0 && range.upperBound <= count, "range outside the file")
    return withBytes { bytes in [UInt8](bytes[range]) }
  }

  private static func openFailure(_ code: Int32) -> UpscaleError {
    switch code {
    case ENOENT, ENOTDIR: UpscaleError(.badModel, "no such model file")
    case EACCES, EPERM: UpscaleError(.permission, "may not be read: permission denied")
    default: UpscaleError(.inputOutput, "cannot be opened: \(String(cString: strerror(code)))")
    }
  }
}
