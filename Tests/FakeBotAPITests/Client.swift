import FakeBotAPI
import Foundation
import Glibc

typealias JSON = FakeBotAPI.JSON

/// A simple HTTP client that shows the bytes that were transferred.
final class Client {
  struct Answer {
    var status: Int
    var headers: [String: String]
    var body: [UInt8]
    /// Whether the body came with its announced length.
    var isWhole: Bool

    var text: String { String(decoding: body, as: UTF8.self) }
    var json: JSON? { JSON(bytes: body) }
    var result: JSON? { json?["result"] }
    var words: String? { json?["description"]?.asString }
  }

  struct Part {
    var name: String
    var fileName: String?
    var type = "application/octet-stream"
    var bytes: [UInt8]
  }

  /// The connection ended before an answer.
  struct NoAnswer: Error {}

  let server: FakeBotAPI
  let token: String
  private var descriptor: Int32 = -1
  private var pending: [UInt8] = []

  init(_ server: FakeBotAPI, token: String? = nil) {
    self.server = server
    self.token = token ?? server.token
  }

  deinit { disconnect() }

  func disconnect() {
    if descriptor >= 0 { close(descriptor) }
    descriptor = -1
    pending = []
  }

  /// Calls a method with a form.
  @discardableResult func call(_ method: String, _ fields: [String: String] = [:]) throws -> Answer
  {
    let allowed = CharacterSet.alphanumerics
    let form = fields.map { name, value in
      let value = value.addingPercentEncoding(withAllowedCharacters: allowed) ?? ""
      return "\(name)=\(value)"
    }
    return try post(
      method, type: "application/x-www-form-urlencoded",
      body: Array(form.joined(separator: "&").utf8))
  }

  func post(_ method: String, type: String, body: [UInt8]) throws -> Answer {
    try send(
      "POST /bot\(token)/\(method) HTTP/1.1\r\nHost: x\r\nContent-Type: \(type)\r\n"
        + "Content-Length: \(body.count)\r\n\r\n", body)
    return try answer()
  }

  /// Calls a method with a multipart body.
  @discardableResult func upload(_ method: String, _ parts: [Part]) throws -> Answer {
    try post(method, type: "multipart/form-data; boundary=XbX", body: Self.multipart(parts))
  }

  static func multipart(_ parts: [Part]) -> [UInt8] {
    var body: [UInt8] = []
    for part in parts {
      body += "--XbX\r\nContent-Disposition: form-data; name=\"\(part.name)\"".utf8
      if let fileName = part.fileName {
        body += "; filename=\"\(fileName)\"\r\nContent-Type: \(part.type)".utf8
      }
      body += "\r\n\r\n".utf8
      body += part.bytes
      body += "\r\n".utf8
    }
    body += "--XbX--\r\n".utf8
    return body
  }

  /// Uploads a document to a chat.
  @discardableResult func sendDocument(
    _ bytes: [UInt8], to chat: Int64, name: String = "a.png", fields: [String: String] = [:]
  ) throws -> Answer {
    try upload(
      "sendDocument",
      [Part(name: "chat_id", bytes: Array("\(chat)".utf8))]
        + fields.map { Part(name: $0.key, bytes: Array($0.value.utf8)) }
        + [Part(name: "document", fileName: name, type: "image/png", bytes: bytes)])
  }

  /// Downloads a file.
  func download(_ path: String) throws -> Answer {
    try send("GET /file/bot\(token)/\(path) HTTP/1.1\r\nHost: x\r\n\r\n")
    return try answer()
  }

  func send(_ head: String, _ body: [UInt8] = []) throws {
    try connectIfNeeded()
    let bytes = Array(head.utf8) + body
    var sent = 0
    while sent < bytes.count {
      let count = bytes.withUnsafeBytes { buffer in
        Glibc.send(
          descriptor, buffer.baseAddress.map { $0 + sent }, bytes.count - sent,
          Int32(MSG_NOSIGNAL))
      }
      // The answer may be there although the server does not read on.
      if count < 0 { break }
      sent += count
    }
  }

  /// Reads an answer.
  func answer() throws -> Answer {
    while true {
      let answer = try oneAnswer()
      if answer.status != 100 { return answer }
    }
  }

  func oneAnswer() throws -> Answer {
    var end: Int?
    while end == nil {
      end = Self.headEnd(pending)
      if end == nil, !fill() {
        disconnect()
        throw NoAnswer()
      }
    }
    let lines = String(decoding: pending[..<(end ?? 0)], as: UTF8.self)
      .components(separatedBy: "\r\n")
    pending.removeFirst((end ?? 0) + 4)
    var headers: [String: String] = [:]
    for line in lines.dropFirst() {
      let parts = line.components(separatedBy: ": ")
      headers[parts[0].lowercased()] = parts.dropFirst().joined(separator: ": ")
    }
    let status = Int(lines[0].split(separator: " ")[1]) ?? 0
    let length = headers["content-length"].flatMap { Int($0) } ?? 0
    var isWhole = true
    while pending.count < length {
      if !fill() {
        isWhole = false
        break
      }
    }
    let body = Array(pending.prefix(length))
    pending.removeFirst(body.count)
    if headers["connection"] == "close" || !isWhole { disconnect() }
    return Answer(status: status, headers: headers, body: body, isWhole: isWhole)
  }

  private static func headEnd(_ bytes: [UInt8]) -> Int? {
    guard bytes.count >= 4 else { return nil }
    return (0...(bytes.count - 4)).first {
      bytes[$0] == 13 && bytes[$0 + 1] == 10 && bytes[$0 + 2] == 13 && bytes[$0 + 3] == 10
    }
  }

  private func fill() -> Bool {
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    let count = recv(descriptor, &buffer, buffer.count, 0)
    guard count > 0 else { return false }
    pending += buffer[..<count]
    return true
  }

  private func connectIfNeeded() throws {
    guard descriptor < 0 else { return }
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    // No test waits for ever.
    var patience = timeval(tv_sec: 20, tv_usec: 0)
    setsockopt(
      descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = server.port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    let status = withUnsafeBytes(of: &address) { bytes in
      connect(
        descriptor, bytes.baseAddress?.assumingMemoryBound(to: sockaddr.self),
        socklen_t(bytes.count))
    }
    guard status == 0 else {
      disconnect()
      throw NoAnswer()
    }
  }
}

/// Runs a block on a thread of its own; `join` waits for its result.
final class Aside<Result: Sendable>: @unchecked Sendable {
  private let done = DispatchSemaphore(value: 0)
  private var result: Swift.Result<Result, any Error>?

  init(_ body: @escaping @Sendable () throws -> Result) {
    Thread.detachNewThread { [self] in
      result = Swift.Result { try body() }
      done.signal()
    }
  }

  /// - Throws: What the block threw, or that it took too long.
  func join() throws -> Result {
    guard done.wait(timeout: .now() + 20) == .success, let result else { throw Client.NoAnswer() }
    return try result.get()
  }
}
