import FoundationEssentials

/// What can be found in an answer that is not readable as JSON.
enum UnreadableAnswer {
  /// Whether it begins as a good answer of the Bot API does.
  static func isOfBotAPI(_ body: [UInt8]) -> Bool {
    let start = body.lazy.filter { !isSpace($0) }.prefix(10)
    return start.elementsEqual(#"{"ok":true"#.utf8)
  }

  /// The number of the first update in it. The key cannot occur within a text, where quotes are escaped.
  static func firstUpdate(_ body: [UInt8]) -> Int64? {
    let key = Array(#""update_id""#.utf8)
    var rest = body[...]
    while let start = rest.firstIndex(of: key[0]) {
      rest = rest[start...]
      guard rest.starts(with: key) else {
        rest = rest.dropFirst()
        continue
      }
      rest = rest.dropFirst(key.count).drop { isSpace($0) }
      guard rest.first == UInt8(ascii: ":") else { continue }
      let digits = rest.dropFirst().drop { isSpace($0) }
        .prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) || $0 == UInt8(ascii: "-") }
      return Int64(String(decoding: digits, as: UTF8.self))
    }
    return nil
  }

  private static func isSpace(_ byte: UInt8) -> Bool {
    byte == 0x20 || (0x09...0x0D).contains(byte)
  }
}
