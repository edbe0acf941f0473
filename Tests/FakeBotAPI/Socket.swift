import Foundation
import Glibc

/// One accepted TCP connection: buffered reading, whole writing.
///
/// Used by the thread of the connection; `shutDown` may be called by any.
final class Socket: @unchecked Sendable {
  /// Why nothing more can be read or written.
  enum Failure: Error {
    case closed
    case reset
    /// What came is no HTTP, or too much of it.
    case malformed(String)
  }

  let number: Int
  private let descriptor: Int32
  private let lock = NSLock()
  private var isOpen = true
  private var buffer: [UInt8] = []
  private var start = 0

  init(_ descriptor: Int32, number: Int) {
    self.descriptor = descriptor
    self.number = number
    var on: Int32 = 1
    setsockopt(
      descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
  }

  deinit { close() }

  /// Bytes that were read from the network and not yet used.
  var available: ArraySlice<UInt8> { buffer[start...] }

  func consume(_ count: Int) {
    start += count
    if start == buffer.count {
      buffer.removeAll(keepingCapacity: true)
      start = 0
    }
  }

  /// Reads some more bytes into `available`, at least one.
  func fill() throws(Failure) {
    if start > 0 {
      buffer.removeFirst(start)
      start = 0
    }
    let filled = buffer.count
    buffer.append(contentsOf: repeatElement(0, count: 1 << 16))
    while true {
      let count = buffer.withUnsafeMutableBytes { bytes in
        recv(descriptor, bytes.baseAddress.map { $0 + filled }, 1 << 16, 0)
      }
      if count < 0, errno == EINTR { continue }
      let code = errno
      buffer.removeLast((1 << 16) - max(count, 0))
      if count > 0 { return }
      throw count == 0 ? .closed : (code == ECONNRESET ? .reset : .closed)
    }
  }

  /// A line without its end.
  func line(upTo limit: Int = 1 << 16) throws(Failure) -> String {
    while true {
      if let end = available.firstIndex(of: 0x0A) {
        var line = available[..<end]
        if line.last == 0x0D { line.removeLast() }
        let text = String(decoding: line, as: UTF8.self)
        consume(end + 1 - start)
        return text
      }
      guard available.count < limit else { throw .malformed("a line longer than \(limit) bytes") }
      try fill()
    }
  }

  func write(_ bytes: some Collection<UInt8>) throws(Failure) {
    let all = Array(bytes)
    var sent = 0
    while sent < all.count {
      let count = all.withUnsafeBytes { bytes in
        send(
          descriptor, bytes.baseAddress.map { $0 + sent }, all.count - sent, Int32(MSG_NOSIGNAL))
      }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw errno == ECONNRESET || errno == EPIPE ? .reset : .closed }
      sent += count
    }
  }

  /// Whether the other side has closed its end or is no more.
  var isPeerGone: Bool {
    var byte: UInt8 = 0
    let count = recv(descriptor, &byte, 1, Int32(MSG_PEEK | MSG_DONTWAIT))
    return count == 0 || (count < 0 && errno != EAGAIN && errno != EINTR)
  }

  /// Ends the connection as a crash of the server would: what was not read yet is lost.
  func reset() {
    var lingering = linger(l_onoff: 1, l_linger: 0)
    setsockopt(
      descriptor, SOL_SOCKET, SO_LINGER, &lingering, socklen_t(MemoryLayout<linger>.size))
    close()
  }

  /// Says that no more will be written, and reads for a while what is still coming: the other side
  /// can read the answer before it learns that nobody listens.
  func closeGently() {
    lock.withLock { if isOpen { _ = shutdown(descriptor, Int32(SHUT_WR)) } }
    var patience = timeval(tv_sec: 2, tv_usec: 0)
    setsockopt(
      descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
    var discarded = 0
    while discarded < 256 << 20 {
      consume(available.count)
      do { try fill() } catch { break }
      discarded += available.count
    }
    close()
  }

  func close() {
    lock.withLock {
      if isOpen { _ = Glibc.close(descriptor) }
      isOpen = false
    }
  }

  /// Wakes the thread that reads or writes here; it finds the connection closed.
  func shutDown() {
    lock.withLock { if isOpen { _ = shutdown(descriptor, Int32(SHUT_RDWR)) } }
  }
}
