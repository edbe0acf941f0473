import Glibc

/// Both ends of a stream between this process and one that it starts.
///
/// It is a socket and not a pipe: writing to a socket without reader can be an error instead of a signal.
package struct ProcessStream: Sendable {
  /// This side, on which nothing waits.
  package let ours: OpenFile
  package let theirs: OpenFile

  package init() throws(SystemFailure) {
    var ends: [Int32] = [-1, -1]
    try systemCall {
      socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0, &ends)
    }
    ours = OpenFile(owning: ends[0])
    theirs = OpenFile(owning: ends[1])
    ours.withDescriptor { descriptor in
      _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK)
    }
  }
}

extension OpenFile {
  /// Sends bytes into a socket; a socket without reader is an error and raises no signal.
  ///
  /// - Returns: how many went.
  package func send(_ bytes: UnsafeRawBufferPointer) throws(SystemFailure) -> Int {
    try withDescriptor { (descriptor) throws(SystemFailure) in
      try systemCall(retrying: true) {
        Glibc.send(descriptor, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL))
      }
    }
  }

  /// The same of bytes in an array.
  package func send(_ bytes: ArraySlice<UInt8>) throws(SystemFailure) -> Int {
    try bytes.withUnsafeBufferPointer { (bytes) throws(SystemFailure) in
      try send(UnsafeRawBufferPointer(bytes))
    }
  }

  /// Waits until there is room to write into.
  ///
  /// - Returns: whether there is.
  package func waitForRoom(upTo seconds: Double) -> Bool {
    withDescriptor { descriptor in
      var waiting = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
      return poll(&waiting, 1, Int32(seconds * 1000)) > 0
    }
  }

  /// Waits until one of several has something to read, or is at its end.
  ///
  /// - Parameter files: nil stands for one that is not waited for.
  /// - Returns: which of them have.
  package static func waitForInput(_ files: [OpenFile?]) -> [Bool] {
    var waiting = files.map { file in
      pollfd(
        fd: file?.withDescriptor { $0 } ?? -1, events: Int16(POLLIN), revents: 0)
    }
    let count = withExtendedLifetime(files) { poll(&waiting, nfds_t(waiting.count), -1) }
    return waiting.map { count > 0 && $0.revents != 0 }
  }
}
