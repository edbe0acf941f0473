package import SystemSupport

/// A flat JSON object in one line.
///
/// Strings are bytes, since names of files are. Bytes that are not UTF-8 are written as `\udc80`…`\udcff`,
/// as Python's `surrogateescape` does, and are read back unchanged.
package struct JSONLine: Equatable {
  package private(set) var members: [(name: String, value: JSON)] = []

  package init() {}

  package static func == (first: JSONLine, second: JSONLine) -> Bool { first.text == second.text }

  package mutating func add(_ name: String, _ value: Int) {
    members.append((name, .integer(value)))
  }

  package mutating func add(_ name: String, _ value: Double) {
    members.append((name, value.isFinite ? .number(value) : .null))
  }

  package mutating func add(_ name: String, _ value: String) {
    members.append((name, .bytes(Array(value.utf8))))
  }

  package mutating func add(_ name: String, _ value: [UInt8]) {
    members.append((name, .bytes(value)))
  }

  package subscript(name: String) -> JSON? { members.first { $0.name == name }?.value }

  package func integer(_ name: String) -> Int? {
    if case .integer(let value) = self[name] { return value }
    return nil
  }

  package func number(_ name: String) -> Double? {
    if case .number(let value, _) = self[name] { return value }
    return integer(name).map { Double($0) }
  }

  package func bytes(_ name: String) -> [UInt8]? {
    switch self[name] {
    case .bytes(let value): value
    case .string(let value): Array(value.utf8)
    default: nil
    }
  }

  package func string(_ name: String) -> String? {
    bytes(name).map { String(decoding: $0, as: UTF8.self) }
  }

  // MARK: Writing

  /// The line, without its end.
  package var text: String { JSON.members(members.map { ($0.name, $0.value) }).text }

  // MARK: Reading

  /// The object in a line; nil for anything else, such as an incomplete line.
  package init?(parsing line: some Collection<UInt8>) {
    var parser = Parser(rest: Array(line)[...])
    guard let members = parser.object() else { return nil }
    self.members = members
  }

  private struct Parser {
    var rest: ArraySlice<UInt8>

    mutating func object() -> [(name: String, value: JSON)]? {
      var members: [(String, JSON)] = []
      guard take("{") else { return nil }
      if !take("}") {
        repeat {
          skipSpaces()
          guard let name = string(), take(":"), let value = value() else { return nil }
          members.append((String(decoding: name, as: UTF8.self), value))
        } while take(",")
        guard take("}") else { return nil }
      }
      skipSpaces()
      return rest.isEmpty ? members : nil
    }

    private mutating func skipSpaces() {
      rest = rest.drop { [0x20, 0x09, 0x0D, 0x0A].contains($0) }
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
      skipSpaces()
      guard rest.first == UInt8(ascii: character) else { return false }
      rest.removeFirst()
      return true
    }

    private mutating func value() -> JSON? {
      skipSpaces()
      switch rest.first {
      case UInt8(ascii: "\""): return string().map { .bytes($0) }
      case UInt8(ascii: "t"): return word("true", .boolean(true))
      case UInt8(ascii: "f"): return word("false", .boolean(false))
      case UInt8(ascii: "n"): return word("null", .null)
      default:
        let digits = rest.prefix { byte in
          (0x30...0x39).contains(byte) || [0x2B, 0x2D, 0x2E, 0x45, 0x65].contains(byte)
        }
        rest = rest.dropFirst(digits.count)
        let text = String(decoding: digits, as: UTF8.self)
        return Int(text).map { .integer($0) } ?? Double(text).map { .number($0) }
      }
    }

    private mutating func word(_ text: String, _ value: JSON) -> JSON? {
      guard rest.starts(with: text.utf8) else { return nil }
      rest = rest.dropFirst(text.utf8.count)
      return value
    }

    private mutating func string() -> [UInt8]? {
      guard rest.first == UInt8(ascii: "\"") else { return nil }
      rest.removeFirst()
      var result: [UInt8] = []
      while let byte = rest.popFirst() {
        if byte == UInt8(ascii: "\"") { return result }
        guard byte == UInt8(ascii: "\\") else {
          result.append(byte)
          continue
        }
        guard let kind = rest.popFirst() else { return nil }
        switch kind {
        case UInt8(ascii: "n"): result.append(0x0A)
        case UInt8(ascii: "r"): result.append(0x0D)
        case UInt8(ascii: "t"): result.append(0x09)
        case UInt8(ascii: "b"): result.append(0x08)
        case UInt8(ascii: "f"): result.append(0x0C)
        case UInt8(ascii: "u"):
          guard let scalar = escaped() else { return nil }
          result += scalar
        default: result.append(kind)
        }
      }
      return nil
    }

    /// The bytes of what follows `\u`.
    private mutating func escaped() -> [UInt8]? {
      guard let unit = hexadecimal() else { return nil }
      if (0xDC80...0xDCFF).contains(unit) { return [UInt8(unit & 0xFF)] }
      var value = unit
      if (0xD800...0xDBFF).contains(unit) {
        guard rest.starts(with: "\\u".utf8) else { return nil }
        rest = rest.dropFirst(2)
        guard let low = hexadecimal(), (0xDC00...0xDFFF).contains(low) else { return nil }
        value = 0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00)
      }
      guard let scalar = Unicode.Scalar(value) else { return nil }
      return Array(String(Character(scalar)).utf8)
    }

    private mutating func hexadecimal() -> UInt32? {
      let digits = rest.prefix(4)
      guard digits.count == 4 else { return nil }
      rest = rest.dropFirst(4)
      return UInt32(String(decoding: digits, as: UTF8.self), radix: 16)
    }
  }
}
