/// Removes the token from texts: every error and log line of the bot is passed through it.
struct Redaction: Sendable {
  private let needles: [[UInt8]]

  /// Shorter secrets are searched for only together with the bot's identifier, since they may occur in
  /// words.
  private static let shortest = 6

  init(_ token: BotToken) {
    let forms = [
      "\(token.id):\(token.secret)", "\(token.id)%3A\(token.secret)",
      "\(token.id)%3a\(token.secret)",
    ]
    let alone = token.secret.utf8.count >= Self.shortest ? [token.secret] : []
    needles = (forms + alone).map { Array($0.utf8) }
  }

  /// The text without the token, and without anything that looks like one.
  func redacted(_ text: String) -> String {
    var bytes = Array(text.utf8)
    for needle in needles { bytes = Self.replacing(needle, in: bytes) }
    return String(decoding: Self.withoutTokens(bytes), as: UTF8.self)
  }

  /// The text without anything that looks like a token, of this bot or any other.
  static func redacted(_ text: String) -> String {
    String(decoding: withoutTokens(Array(text.utf8)), as: UTF8.self)
  }

  private static let mark = Array("<redacted>".utf8)

  private static func replacing(_ needle: [UInt8], in bytes: [UInt8]) -> [UInt8] {
    guard let first = needle.first, bytes.count >= needle.count else { return bytes }
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count)
    var place = 0
    while place < bytes.count {
      if bytes[place] == first, bytes[place...].starts(with: needle) {
        result += mark
        place += needle.count
      } else {
        result.append(bytes[place])
        place += 1
      }
    }
    return result
  }

  /// Replaces `<digits>:<secret>` after "bot", and anywhere when the secret is a long one.
  private static func withoutTokens(_ bytes: [UInt8]) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count)
    var place = 0
    while place < bytes.count {
      guard isDigit(bytes[place]) else {
        result.append(bytes[place])
        place += 1
        continue
      }
      let digits = bytes[place...].prefix(while: isDigit)
      let rest = bytes[digits.endIndex...]
      let colon = [":", "%3A", "%3a"].first { rest.starts(with: $0.utf8) }
      let secret = rest.dropFirst(colon?.utf8.count ?? 0).prefix(while: BotToken.isSecretByte)
      let followsBot = result.suffix(3).map { $0 | 0x20 } == Array("bot".utf8)
      if colon != nil, !secret.isEmpty, followsBot || (digits.count > 4 && secret.count >= 30) {
        result += mark
        place = secret.endIndex
      } else {
        result += digits
        place = digits.endIndex
      }
    }
    return result
  }

  private static func isDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }
}
