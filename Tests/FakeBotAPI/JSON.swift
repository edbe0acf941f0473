extension FakeBotAPI {
  /// A JSON value.
  ///
  /// Read and written by code of our own: the bot's decoder is not tested against itself.
  public enum JSON: Sendable, Equatable {
    case null
    case bool(Bool)
    case integer(Int64)
    case real(Double)
    case string(String)
    case array([JSON])
    case object([String: JSON])

    public var asString: String? {
      if case .string(let value) = self { value } else { nil }
    }

    public var asInteger: Int64? {
      if case .integer(let value) = self { value } else { nil }
    }

    public var asBool: Bool? {
      if case .bool(let value) = self { value } else { nil }
    }

    /// The value as a number, whole or not.
    public var asNumber: Double? {
      switch self {
      case .integer(let value): Double(value)
      case .real(let value): value
      default: nil
      }
    }

    /// The items of an array; empty for anything else.
    public var items: [JSON] {
      if case .array(let value) = self { value } else { [] }
    }

    /// The members of an object; empty for anything else.
    public var members: [String: JSON] {
      if case .object(let value) = self { value } else { [:] }
    }

    public subscript(key: String) -> JSON? { members[key] }
  }
}

extension FakeBotAPI.JSON: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral,
  ExpressibleByBooleanLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral,
  ExpressibleByNilLiteral, ExpressibleByFloatLiteral
{
  public init(stringLiteral value: String) { self = .string(value) }
  public init(integerLiteral value: Int64) { self = .integer(value) }
  public init(floatLiteral value: Double) { self = .real(value) }
  public init(booleanLiteral value: Bool) { self = .bool(value) }
  public init(arrayLiteral elements: FakeBotAPI.JSON...) { self = .array(elements) }
  public init(nilLiteral: ()) { self = .null }

  public init(dictionaryLiteral elements: (String, FakeBotAPI.JSON)...) {
    self = .object(Dictionary(elements) { $1 })
  }
}

extension FakeBotAPI.JSON: CustomStringConvertible {
  /// The value as JSON text: ASCII only, as Telegram writes it.
  public var text: String {
    var output: [UInt8] = []
    write(to: &output)
    return String(decoding: output, as: UTF8.self)
  }

  public var description: String { text }

  private func write(to output: inout [UInt8]) {
    switch self {
    case .null: output += "null".utf8
    case .bool(let value): output += (value ? "true" : "false").utf8
    case .integer(let value): output += "\(value)".utf8
    case .real(let value): output += "\(value)".utf8
    case .string(let value): Self.write(value, to: &output)
    case .array(let values):
      output.append(UInt8(ascii: "["))
      for (index, value) in values.enumerated() {
        if index > 0 { output.append(UInt8(ascii: ",")) }
        value.write(to: &output)
      }
      output.append(UInt8(ascii: "]"))
    case .object(let members):
      output.append(UInt8(ascii: "{"))
      for (index, member) in members.sorted(by: { $0.key < $1.key }).enumerated() {
        if index > 0 { output.append(UInt8(ascii: ",")) }
        Self.write(member.key, to: &output)
        output.append(UInt8(ascii: ":"))
        member.value.write(to: &output)
      }
      output.append(UInt8(ascii: "}"))
    }
  }

  private static func write(_ string: String, to output: inout [UInt8]) {
    output.append(UInt8(ascii: "\""))
    for unit in string.utf16 {
      switch unit {
      case 0x22: output += "\\\"".utf8
      case 0x5C: output += "\\\\".utf8
      case 0x0A: output += "\\n".utf8
      case 0x20..<0x7F: output.append(UInt8(unit))
      default:
        let digits = String(unit, radix: 16)
        output += "\\u".utf8
        output += String(repeating: "0", count: 4 - digits.count).utf8
        output += digits.utf8
      }
    }
    output.append(UInt8(ascii: "\""))
  }
}

extension FakeBotAPI.JSON {
  /// Reads JSON text, strictly; nil when it is none.
  public init?(text: String) {
    self.init(bytes: Array(text.utf8))
  }

  /// Reads JSON text, strictly; nil when it is none.
  public init?(bytes: [UInt8]) {
    var reader = Reader(bytes: bytes)
    guard let value = reader.value(depth: 0) else { return nil }
    reader.skipSpace()
    guard reader.position == bytes.count else { return nil }
    self = value
  }

  private struct Reader {
    let bytes: [UInt8]
    var position = 0
    static let deepest = 128

    var next: UInt8? { position < bytes.count ? bytes[position] : nil }

    mutating func skipSpace() {
      while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 {
        position += 1
      }
    }

    mutating func take(_ character: Unicode.Scalar) -> Bool {
      guard next == UInt8(ascii: character) else { return false }
      position += 1
      return true
    }

    mutating func take(word: String) -> Bool {
      guard bytes[position...].starts(with: word.utf8) else { return false }
      position += word.utf8.count
      return true
    }

    mutating func value(depth: Int) -> FakeBotAPI.JSON? {
      guard depth < Self.deepest else { return nil }
      skipSpace()
      switch next {
      case UInt8(ascii: "{"): return object(depth: depth)
      case UInt8(ascii: "["): return array(depth: depth)
      case UInt8(ascii: "\""): return string().map { .string($0) }
      case UInt8(ascii: "t"): return take(word: "true") ? .bool(true) : nil
      case UInt8(ascii: "f"): return take(word: "false") ? .bool(false) : nil
      case UInt8(ascii: "n"): return take(word: "null") ? .null : nil
      default: return number()
      }
    }

    private mutating func object(depth: Int) -> FakeBotAPI.JSON? {
      position += 1
      var members: [String: FakeBotAPI.JSON] = [:]
      skipSpace()
      if take("}") { return .object(members) }
      while true {
        skipSpace()
        guard next == UInt8(ascii: "\""), let key = string() else { return nil }
        skipSpace()
        guard take(":"), let value = value(depth: depth + 1) else { return nil }
        guard members.updateValue(value, forKey: key) == nil else { return nil }
        skipSpace()
        if take("}") { return .object(members) }
        guard take(",") else { return nil }
      }
    }

    private mutating func array(depth: Int) -> FakeBotAPI.JSON? {
      position += 1
      var values: [FakeBotAPI.JSON] = []
      skipSpace()
      if take("]") { return .array(values) }
      while true {
        guard let value = value(depth: depth + 1) else { return nil }
        values.append(value)
        skipSpace()
        if take("]") { return .array(values) }
        guard take(",") else { return nil }
      }
    }

    private mutating func number() -> FakeBotAPI.JSON? {
      let start = position
      _ = take("-")
      let digits = position
      skipDigits()
      guard position > digits, position == digits + 1 || bytes[digits] != UInt8(ascii: "0") else {
        return nil
      }
      let isWhole =
        next != UInt8(ascii: ".") && next != UInt8(ascii: "e")
        && next != UInt8(ascii: "E")
      if take(".") {
        guard skipDigits() else { return nil }
      }
      if take("e") || take("E") {
        if !take("+") { _ = take("-") }
        guard skipDigits() else { return nil }
      }
      let text = String(decoding: bytes[start..<position], as: UTF8.self)
      if isWhole, let value = Int64(text) { return .integer(value) }
      return Double(text).map { .real($0) }
    }

    @discardableResult private mutating func skipDigits() -> Bool {
      let start = position
      while let byte = next, byte >= 0x30, byte <= 0x39 { position += 1 }
      return position > start
    }

    private mutating func string() -> String? {
      position += 1
      var units: [UInt8] = []
      while let byte = next {
        position += 1
        switch byte {
        case UInt8(ascii: "\""): return String(validating: units, as: UTF8.self)
        case UInt8(ascii: "\\"):
          guard let scalar = escape() else { return nil }
          units += Array(String(scalar).utf8)
        case ..<0x20: return nil
        default: units.append(byte)
        }
      }
      return nil
    }

    private mutating func escape() -> Unicode.Scalar? {
      guard let byte = next else { return nil }
      position += 1
      switch byte {
      case UInt8(ascii: "n"): return "\n"
      case UInt8(ascii: "t"): return "\t"
      case UInt8(ascii: "r"): return "\r"
      case UInt8(ascii: "b"): return "\u{8}"
      case UInt8(ascii: "f"): return "\u{C}"
      case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"):
        return Unicode.Scalar(byte)
      case UInt8(ascii: "u"):
        guard let unit = hexadecimal() else { return nil }
        if let scalar = Unicode.Scalar(unit) { return scalar }
        guard unit < 0xDC00, take("\\"), take("u"), let second = hexadecimal(),
          (0xDC00...0xDFFF).contains(second)
        else { return nil }
        return Unicode.Scalar(0x10000 + (unit - 0xD800) << 10 + (second - 0xDC00))
      default: return nil
      }
    }

    private mutating func hexadecimal() -> UInt32? {
      guard position + 4 <= bytes.count else { return nil }
      let digits = bytes[position..<position + 4]
      guard digits.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }) else { return nil }
      position += 4
      return UInt32(String(decoding: digits, as: UTF8.self), radix: 16)
    }
  }
}
