import Foundation
import Glibc

@testable import BotMode

/// A server of a test's own: what it answers, and how it misbehaves, is up to the test.
final class ScriptedServer: @unchecked Sendable {
  /// A request as it came in.
  struct Request: Sendable {
    let method: String
    let path: String
    /// With names in small letters.
    let headers: [String: String]
    /// Up to `ScriptedServer.keeping` bytes.
    let body: [UInt8]
    let bodyCount: Int

    var text: String { String(decoding: body, as: UTF8.self) }

    /// The fields of a body in the form of a query.
    var form: [String: String] {
      var fields: [String: String] = [:]
      for pair in text.split(separator: "&") {
        let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        fields[String(parts[0])] = String(parts.last ?? "").removingPercentEncoding
      }
      return fields
    }
  }

  /// The other end of a connection.
  final class Peer {
    fileprivate let descriptor: Int32
    fileprivate(set) var isOpen = true
    /// Which connection to the server it is, from 0.
    let index: Int
    private let server: ScriptedServer

    fileprivate init(_ descriptor: Int32, index: Int, server: ScriptedServer) {
      self.descriptor = descriptor
      self.index = index
      self.server = server
    }

    /// - Returns: Whether the client took all.
    @discardableResult
    func send(_ bytes: [UInt8]) -> Bool {
      var rest = bytes[...]
      while !rest.isEmpty {
        let count = rest.withUnsafeBytes {
          Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
        }
        guard count > 0 else { return false }
        rest = rest.dropFirst(count)
      }
      return true
    }

    @discardableResult
    func send(_ text: String) -> Bool { send(Array(text.utf8)) }

    /// A complete answer.
    func answer(_ status: Int, _ body: String, headers: [String] = []) {
      let lines = ["HTTP/1.1 \(status) Word", "Content-Length: \(body.utf8.count)"] + headers
      send(lines.joined(separator: "\r\n") + "\r\n\r\n" + body)
    }

    func answer(result: String) { answer(200, #"{"ok":true,"result":\#(result)}"#) }

    func refuse(_ code: Int, _ description: String, more: String = "") {
      answer(code, #"{"ok":false,"error_code":\#(code),"description":"\#(description)"\#(more)}"#)
    }

    /// Ends the connection as a crash does.
    func reset() {
      var linger = linger(l_onoff: 1, l_linger: 0)
      setsockopt(
        descriptor, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<linger>.size))
      end()
    }

    func end() {
      isOpen = false
      server.close(descriptor)
    }

    /// Reads nothing until the server is stopped, 30 s at most.
    func block() {
      server.waitForStop()
      end()
    }

    /// Waits until the client is gone, or the server is stopped.
    func waitForEnd() {
      var byte: UInt8 = 0
      while recv(descriptor, &byte, 1, 0) > 0 {}
    }
  }

  let port: UInt16
  private let listener: Int32
  private let keeping: Int
  private let handler: (Request, Peer) -> Void
  private let hasReadHead: ((Request, Peer) -> Void)?
  private let lock = NSCondition()
  private var seen: [Request] = []
  private var opened: [Int32] = []
  private var connections = 0
  private var isStopped = false

  /// - Parameters:
  ///   - keeping: How many bytes of a body are kept.
  ///   - hasReadHead: Is told of a request before its body is read, and may end the connection.
  ///   - handler: Answers a request; the connection stays open unless it ends it.
  init(
    keeping: Int = 1 << 20, hasReadHead: ((Request, Peer) -> Void)? = nil,
    _ handler: @escaping (Request, Peer) -> Void
  ) {
    self.keeping = keeping
    self.handler = handler
    self.hasReadHead = hasReadHead
    listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let port: UInt16? = withUnsafeMutablePointer(to: &address) { [listener] pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { raw in
        guard bind(listener, raw, length) == 0, listen(listener, 16) == 0,
          getsockname(listener, raw, &length) == 0
        else { return nil }
        return pointer.pointee.sin_port.bigEndian
      }
    }
    guard let port else { fatalError("no port to listen on") }
    self.port = port
    Thread.detachNewThread { [listener, weak self] in
      while true {
        let descriptor = accept(listener, nil, nil)
        guard descriptor >= 0, let self else {
          if descriptor >= 0 { _ = Glibc.close(descriptor) }
          break
        }
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        let index = self.lock.withLock {
          self.opened.append(descriptor)
          self.connections += 1
          self.lock.broadcast()
          return self.connections - 1
        }
        Thread.detachNewThread { self.serve(Peer(descriptor, index: index, server: self)) }
      }
      _ = Glibc.close(listener)
    }
  }

  /// Ends everything; a test calls it when it is done.
  func stop() {
    shutdown(listener, Int32(SHUT_RDWR))
    lock.withLock {
      isStopped = true
      for descriptor in opened { shutdown(descriptor, Int32(SHUT_RDWR)) }
      lock.broadcast()
    }
  }

  var root: String { "http://127.0.0.1:\(port)" }

  var requests: [Request] { lock.withLock { seen } }

  var connectionCount: Int { lock.withLock { connections } }

  /// Waits until there have been so many connections.
  func waitForConnections(_ count: Int, upTo seconds: Double = 600) -> Bool {
    let end = Date.now.addingTimeInterval(seconds)
    return lock.withLock {
      while connections < count {
        guard lock.wait(until: end) else { return connections >= count }
      }
      return true
    }
  }

  fileprivate func waitForStop() {
    let end = Date.now.addingTimeInterval(120)
    lock.withLock { while !isStopped, lock.wait(until: end) {} }
  }

  /// Waits until so many requests have come in.
  func waitForRequests(_ count: Int, upTo seconds: Double = 600) -> Bool {
    let end = Date.now.addingTimeInterval(seconds)
    return lock.withLock {
      while seen.count < count {
        guard lock.wait(until: end) else { return seen.count >= count }
      }
      return true
    }
  }

  fileprivate func close(_ descriptor: Int32) {
    lock.withLock {
      guard let place = opened.firstIndex(of: descriptor) else { return }
      opened.remove(at: place)
      _ = Glibc.close(descriptor)
    }
  }

  private func serve(_ peer: Peer) {
    var buffer: [UInt8] = []
    while peer.isOpen, let request = read(peer, &buffer) {
      lock.withLock {
        seen.append(request)
        lock.broadcast()
      }
      handler(request, peer)
    }
    close(peer.descriptor)
  }

  private func read(_ peer: Peer, _ buffer: inout [UInt8]) -> Request? {
    let blank = Array("\r\n\r\n".utf8)
    var piece = [UInt8](repeating: 0, count: 1 << 16)
    func more() -> ArraySlice<UInt8>? {
      let count = recv(peer.descriptor, &piece, piece.count, 0)
      return count > 0 ? piece[..<count] : nil
    }
    var end: Range<Int>?
    while true {
      end = buffer.firstRange(of: blank)
      if end != nil { break }
      guard let bytes = more() else { return nil }
      buffer += bytes
    }
    guard let end else { return nil }
    let lines = String(decoding: buffer[..<end.lowerBound], as: UTF8.self)
      .components(separatedBy: "\r\n")
    buffer.removeSubrange(..<end.upperBound)
    let words = lines[0].components(separatedBy: " ")
    var headers: [String: String] = [:]
    for line in lines.dropFirst() {
      guard let colon = line.firstIndex(of: ":") else { continue }
      headers[line[..<colon].lowercased()] =
        line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces)
    }
    let length = Int(headers["content-length"] ?? "") ?? 0
    let (method, path) = (words[0], words.count > 1 ? words[1] : "")
    hasReadHead?(
      Request(method: method, path: path, headers: headers, body: [], bodyCount: 0), peer)
    guard peer.isOpen else { return nil }
    var body = Array(buffer.prefix(min(length, keeping)))
    var count = min(length, buffer.count)
    buffer.removeFirst(count)
    while count < length {
      guard let bytes = more() else { return nil }
      let part = bytes.prefix(length - count)
      body += part.prefix(max(0, keeping - body.count))
      count += part.count
      buffer += bytes.dropFirst(part.count)
    }
    return Request(method: method, path: path, headers: headers, body: body, bodyCount: count)
  }
}

/// A token that has the length of a real one and is none.
let testToken = "1234567:AAsecretSECRETsecret_SECRET-secret12"
let testSecret = "AAsecretSECRETsecret_SECRET-secret12"

extension BotAPI {
  /// A client of the server, quicker to lose patience than a real one.
  static func of(
    _ server: ScriptedServer, isLocal: Bool = false,
    timeouts: Timeouts = Timeouts(connecting: 5, call: 20, beyondPoll: 15, standstill: 20)
  ) throws -> BotAPI {
    try BotAPI(
      root: APIRoot(server.root), token: BotToken(testToken), isLocal: isLocal,
      timeouts: timeouts)
  }
}

/// The error that a call ends in, or nil.
func failure<Result>(of call: () throws(BotAPIError) -> Result) -> BotAPIError? {
  do {
    _ = try call()
    return nil
  } catch {
    return error
  }
}

/// Runs a test against a server, and stops it.
func withServer<Result>(
  keeping: Int = 1 << 20,
  hasReadHead: ((ScriptedServer.Request, ScriptedServer.Peer) -> Void)? = nil,
  _ handler: @escaping (ScriptedServer.Request, ScriptedServer.Peer) -> Void,
  _ body: (ScriptedServer) throws -> Result
) throws -> Result {
  let server = ScriptedServer(keeping: keeping, hasReadHead: hasReadHead, handler)
  defer { server.stop() }
  return try body(server)
}
