import Glibc

/// A file, a folder or a stream that is open; closed when its last owner is freed.
///
/// Calls are repeated after an interruption by a signal. Threads may share it as far as they may share a
/// descriptor: reading and writing without a position move the one position of the file.
package final class OpenFile: Sendable {
  /// How a file is opened. Programs that this one starts do not inherit it, and a terminal does not
  /// become the controlling one.
  package struct Mode: OptionSet, Sendable {
    package let rawValue: Int32

    package init(rawValue: Int32) { self.rawValue = rawValue }

    package static let reading = Mode(rawValue: 1)
    package static let writing = Mode(rawValue: 2)
    /// Whatever is written goes to the end.
    package static let appending = Mode(rawValue: 4)
    /// Makes the file where there is none.
    package static let creating = Mode(rawValue: 8)
    /// Makes the file, and fails where there is one.
    package static let creatingNew = Mode(rawValue: 16)
    package static let emptying = Mode(rawValue: 32)
    /// Fails where the last part of the path is a symbolic link.
    package static let refusingLinks = Mode(rawValue: 64)
    /// Neither waits for a FIFO's other end nor wakes a device.
    package static let withoutWaiting = Mode(rawValue: 128)

    fileprivate var flags: Int32 {
      var flags = O_CLOEXEC | O_NOCTTY
      flags |= contains(.writing) ? contains(.reading) ? O_RDWR : O_WRONLY : O_RDONLY
      if contains(.appending) { flags |= O_APPEND }
      if contains(.creating) { flags |= O_CREAT }
      if contains(.creatingNew) { flags |= O_CREAT | O_EXCL }
      if contains(.emptying) { flags |= O_TRUNC }
      if contains(.refusingLinks) { flags |= O_NOFOLLOW }
      if contains(.withoutWaiting) { flags |= O_NONBLOCK }
      return flags
    }
  }

  private let descriptor: Int32

  /// - Parameter descriptor: open; closed by this object from here on.
  package init(owning descriptor: Int32) { self.descriptor = descriptor }

  /// Opens a file.
  ///
  /// - Parameters:
  ///   - path: where it is.
  ///   - mode: what for.
  ///   - permissions: of a file that is made, as far as the process's mask lets them be.
  /// - Throws: why it cannot be opened.
  package init(
    _ path: BytePath, _ mode: Mode, permissions: UInt32 = 0o666
  ) throws(SystemFailure) {
    descriptor = try path.call(retrying: true) { open($0, mode.flags, mode_t(permissions)) }
  }

  /// One of the process's own streams, under a number of its own.
  package init(copyOf stream: StandardStream) throws(SystemFailure) {
    descriptor = try systemCall { fcntl(stream.descriptor, F_DUPFD_CLOEXEC, 3) }
  }

  deinit { close(descriptor) }

  /// Calls `body` with the system's number for the file, which stays open meanwhile.
  package func withDescriptor<Result, Failure>(
    _ body: (Int32) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    defer { withExtendedLifetime(self) {} }
    return try body(descriptor)
  }

  /// What the system says of it.
  package func status() throws(SystemFailure) -> FileStatus {
    try FileStatus(of: descriptor)
  }

  /// Reads from the shared position on.
  ///
  /// - Returns: how many bytes; 0 at the end.
  package func read(into target: UnsafeMutableRawBufferPointer) throws(SystemFailure) -> Int {
    try systemCall(retrying: true) { Glibc.read(descriptor, target.baseAddress, target.count) }
  }

  /// Up to `count` bytes from the shared position on; none at the end.
  package func nextBytes(upTo count: Int) throws(SystemFailure) -> [UInt8] {
    var failure: SystemFailure?
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      do throws(SystemFailure) {
        filled = try read(into: UnsafeMutableRawBufferPointer(buffer))
      } catch {
        failure = error
      }
    }
    if let failure { throw failure }
    return bytes
  }

  /// Reads from a place of its own, which moves nothing.
  ///
  /// - Parameters:
  ///   - target: is filled, from its beginning on.
  ///   - offset: of the file's first byte that is wanted.
  /// - Returns: how many bytes; 0 at the end or behind it.
  /// - Throws: why they cannot be read.
  package func read(
    into target: UnsafeMutableRawBufferPointer, at offset: Int
  ) throws(SystemFailure) -> Int {
    try systemCall(retrying: true) {
      pread(descriptor, target.baseAddress, target.count, off_t(offset))
    }
  }

  /// Up to `count` bytes from `offset` on; fewer where the file ends.
  package func bytes(at offset: Int, count: Int) throws(SystemFailure) -> [UInt8] {
    var failure: SystemFailure?
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      do throws(SystemFailure) {
        filled = try read(into: UnsafeMutableRawBufferPointer(buffer), at: offset)
      } catch {
        failure = error
      }
    }
    if let failure { throw failure }
    return bytes
  }

  /// Writes some of the bytes, at the shared position or, in a file opened for appending, at the end.
  ///
  /// - Returns: how many were written.
  package func write(_ bytes: UnsafeRawBufferPointer) throws(SystemFailure) -> Int {
    try systemCall(retrying: true) { Glibc.write(descriptor, bytes.baseAddress, bytes.count) }
  }

  /// Writes bytes for as long as the file takes some.
  ///
  /// - Throws: why not all could be written.
  package func writeAll(_ bytes: [UInt8]) throws(SystemFailure) {
    try bytes.withUnsafeBufferPointer { bytes throws(SystemFailure) in
      var rest = UnsafeRawBufferPointer(bytes)[...]
      while !rest.isEmpty {
        let count = try write(UnsafeRawBufferPointer(rebasing: rest))
        guard count > 0 else { throw SystemFailure.broken }
        rest = rest.dropFirst(count)
      }
    }
  }

  /// Makes file systems report a full disk now that would report it only when a file is closed: a
  /// duplicate of the descriptor is closed, and this one stays open.
  package func flush() throws(SystemFailure) {
    let copy = try systemCall { fcntl(descriptor, F_DUPFD_CLOEXEC, 3) }
    do throws(SystemFailure) {
      try systemCall { close(copy) }
    } catch {
      // The descriptor is closed nevertheless.
      guard error.cause == .interrupted else { throw error }
    }
  }

  /// Waits until no other process or open file has the lock, and takes it. Where the file system has
  /// no locks, nothing happens.
  package func lock() {
    while flock(descriptor, LOCK_EX) != 0, errno == EINTR {}
  }

  /// Takes the lock unless another process or open file has it.
  ///
  /// - Returns: whether it was taken.
  package func tryLock() -> Bool { flock(descriptor, LOCK_EX | LOCK_NB) == 0 }

  package func unlock() { flock(descriptor, LOCK_UN) }
}

extension FileStatus {
  /// - Parameter descriptor: of an open file.
  /// - Throws: why the system does not tell.
  package init(of descriptor: Int32) throws(SystemFailure) {
    var status = stat()
    try systemCall { fstat(descriptor, &status) }
    self.init(status)
  }
}
