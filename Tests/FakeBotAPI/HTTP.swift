import Foundation
import Glibc

/// The first lines of a request.
struct RequestHead {
  let method: String
  let path: String
  let query: String
  private let headers: [String: String]

  /// Reads the head of the next request on a connection.
  init(from socket: Socket) throws(Socket.Failure) {
    let parts = try socket.line().split(separator: " ", omittingEmptySubsequences: false)
    guard parts.count == 3, parts[2].hasPrefix("HTTP/1.") else {
      throw .malformed("the first line is no HTTP request")
    }
    method = String(parts[0])
    let target = parts[1].split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    path = String(target[0])
    query = target.count > 1 ? String(target[1]) : ""
    var headers: [String: String] = [:]
    while true {
      let line = try socket.line()
      if line.isEmpty { break }
      guard let colon = line.firstIndex(of: ":"), headers.count < 200 else {
        throw .malformed("a header line without a colon, or too many of them")
      }
      headers[line[..<colon].lowercased()] = line[line.index(after: colon)...]
        .trimmingCharacters(in: .whitespaces)
    }
    self.headers = headers
  }

  subscript(header: String) -> String? { headers[header] }

  var length: Int? { self["content-length"].flatMap { Int($0) } }
  var isChunked: Bool { self["transfer-encoding"]?.lowercased().contains("chunked") ?? false }
  var expectsContinue: Bool { self["expect"]?.lowercased() == "100-continue" }
  var wantsClose: Bool { self["connection"]?.lowercased() == "close" }
}

/// The body of a request, as it comes.
final class RequestBody {
  private let socket: Socket
  /// Bytes until the end, or of the current chunk.
  private var left: Int
  private let isChunked: Bool
  private var isFirstChunk = true
  /// Whether all of it was read.
  private(set) var isAtEnd: Bool
  /// How fast it is read at most.
  var bytesPerSecond: Int?
  private(set) var byteCount = 0

  init(of head: RequestHead, from socket: Socket) throws(Socket.Failure) {
    self.socket = socket
    isChunked = head.isChunked
    left = isChunked ? 0 : head.length ?? 0
    if head["content-length"] != nil, isChunked || (head.length ?? -1) < 0 {
      throw .malformed("a bad Content-Length")
    }
    isAtEnd = !isChunked && left == 0
  }

  /// Some more bytes; empty at the end.
  func next() throws(Socket.Failure) -> [UInt8] {
    if isAtEnd { return [] }
    if left == 0, try !nextChunk() { return [] }
    if socket.available.isEmpty { try socket.fill() }
    let most = bytesPerSecond.map { max($0 / 20, 1) } ?? .max
    let bytes = Array(socket.available.prefix(min(left, most)))
    socket.consume(bytes.count)
    left -= bytes.count
    byteCount += bytes.count
    if let bytesPerSecond { usleep(UInt32(bytes.count * 1_000_000 / max(bytesPerSecond, 1))) }
    if left == 0, !isChunked { isAtEnd = true }
    return bytes
  }

  private func nextChunk() throws(Socket.Failure) -> Bool {
    if !isFirstChunk, try !socket.line().isEmpty { throw .malformed("a chunk with no end") }
    isFirstChunk = false
    let line = try socket.line().prefix { $0 != ";" }
    guard let size = Int(line.trimmingCharacters(in: .whitespaces), radix: 16), size >= 0 else {
      throw .malformed("a chunk with no size")
    }
    left = size
    if size > 0 { return true }
    while try !socket.line().isEmpty {}
    isAtEnd = true
    return false
  }

  /// All of it.
  func all(upTo limit: Int) throws(Socket.Failure) -> [UInt8] {
    var all: [UInt8] = []
    while true {
      let bytes = try next()
      if bytes.isEmpty { return all }
      all += bytes
      guard all.count <= limit else { throw .malformed("a body longer than \(limit) bytes") }
    }
  }
}

/// An answer.
struct Response {
  enum Body {
    case bytes([UInt8])
    case file(String)
  }

  var status = 200
  var headers: [(String, String)] = []
  var type = "application/json"
  var body: Body

  /// The answer of a Bot API method.
  static func result(_ result: FakeBotAPI.JSON) -> Response {
    Response(body: .bytes(Array(FakeBotAPI.JSON.object(["ok": true, "result": result]).text.utf8)))
  }

  static func refusal(_ refusal: Refusal) -> Response {
    var object: [String: FakeBotAPI.JSON] = [
      "ok": false, "error_code": .integer(Int64(refusal.code)),
      "description": .string(refusal.description),
    ]
    var headers: [(String, String)] = []
    if let seconds = refusal.retryAfter {
      object["parameters"] = ["retry_after": .integer(Int64(seconds))]
      headers.append(("Retry-After", "\(seconds)"))
    }
    if let chat = refusal.migrateTo {
      object["parameters"] = ["migrate_to_chat_id": .integer(chat)]
    }
    return Response(
      status: refusal.code, headers: headers,
      body: .bytes(Array(FakeBotAPI.JSON.object(object).text.utf8)))
  }

  var length: Int {
    switch body {
    case .bytes(let bytes): bytes.count
    case .file(let path):
      (try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int) ?? 0
    }
  }

  func head(length: Int, keepAlive: Bool) -> [UInt8] {
    var lines = [
      "HTTP/1.1 \(status) \(Self.reasons[status] ?? "Status")", "Server: nginx/1.18.0",
      "Content-Type: \(type)", "Content-Length: \(length)",
      "Connection: \(keepAlive ? "keep-alive" : "close")",
    ]
    for (name, value) in headers { lines.append("\(name): \(value)") }
    return Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8)
  }

  private static let reasons = [
    200: "OK", 302: "Moved Temporarily", 400: "Bad Request", 401: "Unauthorized",
    403: "Forbidden", 404: "Not Found", 409: "Conflict", 413: "Request Entity Too Large",
    429: "Too Many Requests", 500: "Internal Server Error", 502: "Bad Gateway",
    503: "Service Unavailable", 504: "Gateway Time-out",
  ]
}

/// A refusal in Telegram's words.
struct Refusal: Error {
  var code: Int
  var description: String
  var retryAfter: Int?
  var migrateTo: Int64?

  init(_ code: Int, _ description: String, retryAfter: Int? = nil, migrateTo: Int64? = nil) {
    self.code = code
    self.description = description
    self.retryAfter = retryAfter
    self.migrateTo = migrateTo
  }

  static func badRequest(_ description: String) -> Refusal {
    Refusal(400, "Bad Request: " + description)
  }

  static func tooManyRequests(retryAfter: Int) -> Refusal {
    Refusal(
      429, "Too Many Requests: retry after \(retryAfter)", retryAfter: retryAfter)
  }
}
