import Foundation
import Glibc

/// Reads `multipart/form-data` as it comes; no part is held in memory as a whole.
struct MultipartReader {
  struct Part {
    var name: String?
    var fileName: String?
    var type: String?
  }

  private let body: RequestBody
  private let delimiter: [UInt8]
  private var buffer: [UInt8] = []
  private var isInPart = false
  private var isAtEnd = false
  private var isFirst = true

  init(body: RequestBody, boundary: String) {
    self.body = body
    delimiter = Array("\r\n--\(boundary)".utf8)
    // The first boundary has no line before it.
    buffer = [0x0D, 0x0A]
  }

  /// Goes to the next part, past what is left of the current one.
  mutating func nextPart() throws(Socket.Failure) -> Part? {
    if isFirst { isInPart = true }
    while try nextBytes() != nil {
      if isFirst { throw .malformed("text before the first part") }
    }
    isFirst = false
    if isAtEnd { return nil }
    try fill(atLeast: 2)
    if buffer.starts(with: "--".utf8) {
      isAtEnd = true
      while try !body.next().isEmpty {}
      return nil
    }
    var part = Part()
    var line = try nextLine()
    guard line.isEmpty else { throw .malformed("text after a boundary") }
    while true {
      line = try nextLine()
      if line.isEmpty { break }
      let lower = line.lowercased()
      if lower.hasPrefix("content-disposition:") {
        part.name = Self.parameter("name", of: line)
        part.fileName =
          Self.parameter("filename*", of: line) ?? Self.parameter("filename", of: line)
      } else if lower.hasPrefix("content-type:") {
        part.type = line.dropFirst("content-type:".count).trimmingCharacters(in: .whitespaces)
      }
    }
    isInPart = true
    return part
  }

  /// Some more bytes of the part; nil at its end.
  mutating func nextBytes() throws(Socket.Failure) -> [UInt8]? {
    guard isInPart else { return nil }
    while true {
      if let place = Self.find(delimiter, in: buffer) {
        if place > 0 { return take(place) }
        buffer.removeFirst(delimiter.count)
        isInPart = false
        return nil
      }
      // What may be the beginning of a boundary stays.
      if buffer.count > delimiter.count { return take(buffer.count - delimiter.count) }
      try fill(atLeast: buffer.count + 1)
    }
  }

  private mutating func take(_ count: Int) -> [UInt8] {
    defer { buffer.removeFirst(count) }
    return Array(buffer[..<count])
  }

  private mutating func fill(atLeast count: Int) throws(Socket.Failure) {
    while buffer.count < count {
      let bytes = try body.next()
      if bytes.isEmpty { throw .malformed("a multipart body that ends early") }
      buffer += bytes
    }
  }

  private mutating func nextLine() throws(Socket.Failure) -> String {
    while true {
      if let end = Self.find([0x0D, 0x0A], in: buffer) {
        let line = String(decoding: buffer[..<end], as: UTF8.self)
        buffer.removeFirst(end + 2)
        return line
      }
      guard buffer.count < 1 << 14 else { throw .malformed("a part's head is too long") }
      try fill(atLeast: buffer.count + 1)
    }
  }

  private static func find(_ needle: [UInt8], in hay: [UInt8]) -> Int? {
    hay.withUnsafeBytes { hay in
      needle.withUnsafeBytes { needle in
        guard let base = hay.baseAddress, let wanted = needle.baseAddress else { return nil }
        var place = 0
        while place + needle.count <= hay.count {
          let left = hay.count - needle.count + 1 - place
          guard let found = memchr(base + place, Int32(needle[0]), left) else { return nil }
          place = UnsafeRawPointer(found) - base
          if memcmp(base + place, wanted, needle.count) == 0 { return place }
          place += 1
        }
        return nil
      }
    }
  }

  /// A parameter of a header line: a quoted string, a word, or RFC 5987's extended form.
  private static func parameter(_ name: String, of line: String) -> String? {
    var rest = Substring(line)
    while let semicolon = rest.firstIndex(of: ";") {
      rest = rest[rest.index(after: semicolon)...].drop { $0 == " " }
      guard let equals = rest.firstIndex(of: "=") else { return nil }
      let found = rest[..<equals].lowercased()
      rest = rest[rest.index(after: equals)...]
      let value: String
      if rest.first == "\"" {
        (value, rest) = quoted(rest.dropFirst())
      } else {
        value = rest.prefix { $0 != ";" }.trimmingCharacters(in: .whitespaces)
      }
      guard found == name else { continue }
      guard name.hasSuffix("*") else { return value }
      let parts = value.split(separator: "'", maxSplits: 2, omittingEmptySubsequences: false)
      return parts.count == 3 ? parts[2].removingPercentEncoding : nil
    }
    return nil
  }

  private static func quoted(_ text: Substring) -> (String, Substring) {
    var value = ""
    var rest = text
    while let character = rest.popFirst(), character != "\"" {
      if character == "\\", let next = rest.first, next == "\"" || next == "\\" {
        rest.removeFirst()
        value.append(next)
      } else {
        value.append(character)
      }
    }
    // Browsers and curl write a quote this way.
    return (value.replacingOccurrences(of: "%22", with: "\""), rest)
  }
}
