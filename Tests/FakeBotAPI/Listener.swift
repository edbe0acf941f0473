import Foundation
import Glibc

/// A listening TCP port of the loopback address.
final class Listener: @unchecked Sendable {
  struct CannotListen: Error {
    let port: UInt16
    let code: Int32
  }

  let port: UInt16
  private let descriptor: Int32
  private let lock = NSLock()
  private var isOpen = true

  /// - Parameter wanted: 0 for any free port.
  /// - Throws: `CannotListen`.
  init(port wanted: UInt16) throws(CannotListen) {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { throw CannotListen(port: wanted, code: errno) }
    var on: Int32 = 1
    setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, socklen_t(MemoryLayout<Int32>.size))
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = wanted.bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let status = withUnsafeMutableBytes(of: &address) { bytes in
      let pointer = bytes.baseAddress?.assumingMemoryBound(to: sockaddr.self)
      return bind(descriptor, pointer, size) == 0 && listen(descriptor, 128) == 0
        && getsockname(descriptor, pointer, &size) == 0
    }
    guard status else {
      let code = errno
      Glibc.close(descriptor)
      throw CannotListen(port: wanted, code: code)
    }
    self.descriptor = descriptor
    port = UInt16(bigEndian: address.sin_port)
  }

  /// The next connection; nil when the listener is closed.
  func accept() -> Int32? {
    while true {
      let connection = Glibc.accept(descriptor, nil, nil)
      if connection >= 0 {
        _ = fcntl(connection, F_SETFD, FD_CLOEXEC)
        return connection
      }
      guard errno == EINTR || errno == ECONNABORTED else { return nil }
    }
  }

  func close() {
    lock.withLock {
      guard isOpen else { return }
      isOpen = false
      // Wakes the thread in accept; the descriptor goes only with the object, so that its number
      // cannot be another file's while that thread still uses it.
      shutdown(descriptor, Int32(SHUT_RDWR))
    }
  }

  deinit { _ = Glibc.close(descriptor) }
}
