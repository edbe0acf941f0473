package import Upscale

/// The address of a Bot API server.
package struct APIRoot: Sendable, Hashable {
  package static let telegram = APIRoot(text: "https://api.telegram.org", isPlain: false)

  /// The address without a slash at its end.
  package let text: String
  /// Whether requests are not encrypted (http), which is allowed for this machine only.
  let isPlain: Bool

  private init(text: String, isPlain: Bool) {
    self.text = text
    self.isPlain = isPlain
  }

  /// - Parameter address: "https://host[:port][/path]", or "http://" with a name of this machine.
  /// - Throws: `.usage` for what is no address, or one that would send the token unencrypted.
  package init(_ address: String) throws(UpscaleError) {
    let lowered = address.lowercased()
    let scheme: String
    if lowered.hasPrefix("https://") {
      scheme = "https://"
    } else if lowered.hasPrefix("http://") {
      scheme = "http://"
    } else {
      throw Self.refusal("it must begin with https://, as https://api.telegram.org does")
    }
    let rest = address.utf8.dropFirst(scheme.utf8.count)
    guard rest.allSatisfy({ $0 > 0x20 && $0 < 0x7F && !Self.forbidden.contains($0) }) else {
      throw Self.refusal(
        "only a host, a port and a path may stand in it (no user, query, fragment or spaces)")
    }
    let authority = rest.prefix { $0 != UInt8(ascii: "/") }
    let (host, port) = try Self.split(String(decoding: authority, as: UTF8.self))
    var path = Array(rest.dropFirst(authority.count))
    while path.last == UInt8(ascii: "/") { path.removeLast() }
    let parts = path.split(separator: UInt8(ascii: "/")).map { Array($0) }
    guard !parts.contains(Array(".".utf8)), !parts.contains(Array("..".utf8)) else {
      throw Self.refusal("'.' and '..' may not stand in its path")
    }
    isPlain = scheme == "http://"
    guard !isPlain || Self.isLoopback(host) else {
      throw Self.refusal(
        "http:// would carry the bot's token in the clear; use https://, or http:// to this"
          + " machine (127.0.0.1, [::1], localhost)")
    }
    text = scheme + host + port + String(decoding: path, as: UTF8.self)
  }

  /// The address of a method.
  func method(_ name: String, _ token: BotToken) -> String {
    "\(text)/bot\(token.literal)/\(name)"
  }

  /// The address of a file, or nil for a path that leads out of the bot's files.
  func file(_ path: String, _ token: BotToken) -> String? {
    let parts = path.utf8.split(
      separator: UInt8(ascii: "/"), omittingEmptySubsequences: false
    ).map { String(decoding: $0, as: UTF8.self) }
    guard !path.isEmpty, !parts.contains(where: ["", ".", ".."].contains) else { return nil }
    return "\(text)/file/bot\(token.literal)/\(percentEncoded(path, keeping: "/"))"
  }

  private static let forbidden = Array(#"@?#\%<>"{}|^`"#.utf8)

  private static func refusal(_ reason: String) -> UpscaleError {
    UpscaleError(.usage, "this is not the address of a Bot API server: \(reason)")
  }

  /// The host in small letters, and ":port" or nothing.
  private static func split(_ authority: String) throws(UpscaleError) -> (String, String) {
    let host: Substring
    let rest: Substring
    if authority.hasPrefix("[") {
      guard let end = authority.firstIndex(of: "]") else {
        throw refusal("the bracket of its host is not closed")
      }
      host = authority[...end]
      rest = authority[authority.index(after: end)...]
      guard host.count > 2,
        host.dropFirst().dropLast().allSatisfy({ $0.isHexDigit || $0 == ":" || $0 == "." })
      else { throw refusal("its host is not an address") }
    } else {
      host = authority.prefix { $0 != ":" }
      rest = authority[host.endIndex...]
      guard !host.isEmpty,
        host.utf8.allSatisfy({ BotToken.isSecretByte($0) || $0 == UInt8(ascii: ".") })
      else { throw refusal("its host is missing or no name") }
    }
    guard !rest.isEmpty else { return (host.lowercased(), "") }
    let digits = rest.dropFirst()
    guard rest.hasPrefix(":"), digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
      let port = UInt16(digits), port > 0
    else { throw refusal("its port is not a number from 1 to 65535") }
    return (host.lowercased(), ":\(port)")
  }

  /// Whether a host can only be this machine: 127.0.0.0/8, ::1, localhost.
  private static func isLoopback(_ host: String) -> Bool {
    if host == "localhost" || host == "[::1]" { return true }
    let numbers = host.split(separator: ".", omittingEmptySubsequences: false)
    return numbers.count == 4 && numbers[0] == "127"
      && numbers.allSatisfy { part in
        UInt8(part).map { "\($0)" == part } ?? false
      }
  }
}
