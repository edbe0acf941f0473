/// Reads XML from its beginning on, as far as metadata needs it: tags with their attributes and places. What
/// is between tags is stepped over, and document types are refused, since their entities could grow.
struct XMLScanner {
  struct Attribute {
    let name: String
    /// Between the quotes.
    let value: Range<Int>
    /// From the space before the name to the closing quote.
    let whole: Range<Int>
  }

  enum Token {
    case start(name: String, attributes: [Attribute], isEmpty: Bool, place: Range<Int>)
    case end(name: String, place: Range<Int>)
    case over
    /// The text is no XML.
    case broken
  }

  private let bytes: [UInt8]
  private var offset = 0

  /// More attributes than any metadata has.
  private static let maximumAttributes = 1000
  private static let maximumName = 256

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// The next tag.
  mutating func next() -> Token {
    while let start = bytes[offset...].firstIndex(of: UInt8(ascii: "<")) {
      offset = start
      if bytes.hasText("<?", at: start) {
        guard skip(past: "?>") else { return .broken }
      } else if bytes.hasText("<!--", at: start) {
        guard skip(past: "-->") else { return .broken }
      } else if bytes.hasText("<![CDATA[", at: start) {
        guard skip(past: "]]>") else { return .broken }
      } else if bytes.hasText("<!", at: start) {
        return .broken
      } else {
        return tag(from: start)
      }
    }
    offset = bytes.count
    return .over
  }

  private mutating func skip(past end: String) -> Bool {
    let end = Array(end.utf8)
    var place = offset
    while place <= bytes.count - end.count {
      if bytes[place] == end[0], bytes.hasBytes(end, at: place) {
        offset = place + end.count
        return true
      }
      place += 1
    }
    return false
  }

  private mutating func tag(from start: Int) -> Token {
    let isEnd = bytes.byte(at: start + 1) == UInt8(ascii: "/")
    offset = start + (isEnd ? 2 : 1)
    guard let name = name() else { return .broken }
    var attributes: [Attribute] = []
    while true {
      let before = offset
      skipSpace()
      switch bytes.byte(at: offset) {
      case UInt8(ascii: ">"):
        offset += 1
        guard isEnd else {
          return .start(
            name: name, attributes: attributes, isEmpty: false, place: start..<offset)
        }
        return attributes.isEmpty ? .end(name: name, place: start..<offset) : .broken
      case UInt8(ascii: "/"):
        guard !isEnd, bytes.byte(at: offset + 1) == UInt8(ascii: ">") else { return .broken }
        offset += 2
        return .start(name: name, attributes: attributes, isEmpty: true, place: start..<offset)
      default:
        guard offset > before, attributes.count < Self.maximumAttributes,
          let attribute = attribute(from: before)
        else { return .broken }
        attributes.append(attribute)
      }
    }
  }

  private mutating func attribute(from before: Int) -> Attribute? {
    guard let name = name() else { return nil }
    skipSpace()
    guard bytes.byte(at: offset) == UInt8(ascii: "=") else { return nil }
    offset += 1
    skipSpace()
    guard let quote = bytes.byte(at: offset),
      quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'"),
      let end = bytes[(offset + 1)...].firstIndex(of: quote)
    else { return nil }
    let value = offset + 1..<end
    guard !bytes[value].contains(UInt8(ascii: "<")) else { return nil }
    offset = end + 1
    return Attribute(name: name, value: value, whole: before..<offset)
  }

  private mutating func name() -> String? {
    let start = offset
    while let byte = bytes.byte(at: offset), Self.isOfName(byte) { offset += 1 }
    guard offset > start, offset - start <= Self.maximumName else { return nil }
    return String(decoding: bytes[start..<offset], as: UTF8.self)
  }

  private mutating func skipSpace() {
    while let byte = bytes.byte(at: offset), Self.isSpace(byte) { offset += 1 }
  }

  static func isSpace(_ byte: UInt8) -> Bool { [9, 10, 13, 32].contains(byte) }

  private static func isOfName(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: ":"), UInt8(ascii: "_"),
      UInt8(ascii: "-"), UInt8(ascii: "."), 0x80...0xFF:
      true
    default: false
    }
  }
}
