/// A JSON value that is written in one line, with its members in the order given.
package enum JSON: Equatable, Sendable {
  case null
  case boolean(Bool)
  case integer(Int)
  /// Null where it is not finite; without `digits`, as many digits as identify the number.
  case number(Double, digits: Int? = nil)
  case string(String)
  /// A name of a file, which need not be UTF-8.
  case bytes([UInt8])
  case array([JSON])
  case members([(String, JSON)])

  package static func object(_ members: KeyValuePairs<String, JSON>) -> JSON {
    .members(members.map { ($0.key, $0.value) })
  }

  /// An object whose first member is `event`.
  package static func object(
    named event: String, _ members: KeyValuePairs<String, JSON>,
    with others: KeyValuePairs<String, JSON> = [:]
  ) -> JSON {
    .members(
      [("event", .string(event))] + members.map { ($0.key, $0.value) }
        + others.map { ($0.key, $0.value) })
  }

  package var text: String {
    switch self {
    case .null: "null"
    case .boolean(let value): value ? "true" : "false"
    case .integer(let value): "\(value)"
    case .number(let value, let digits): Self.text(value, digits)
    case .string(let value): Self.quoted(BytePath(value).bytes)
    case .bytes(let value): Self.quoted(value)
    case .array(let values): "[" + values.map(\.text).joined(separator: ",") + "]"
    case .members(let members):
      "{" + members.map { Self.quoted(Array($0.utf8)) + ":" + $1.text }.joined(separator: ",") + "}"
    }
  }

  package static func == (first: JSON, second: JSON) -> Bool { first.text == second.text }

  private static func text(_ value: Double, _ digits: Int?) -> String {
    guard value.isFinite else { return "null" }
    return digits.map { fixed(value, digits: $0) } ?? "\(value)"
  }

  /// Bytes that are not UTF-8 become lone surrogates, as Python's `surrogateescape` has them.
  private static func quoted(_ bytes: [UInt8]) -> String {
    var result = "\""
    func escape(_ value: UInt32) {
      let digits = String(value, radix: 16)
      result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
    }
    var iterator = bytes[...]
    while let byte = iterator.first {
      var decoder = Unicode.UTF8.ForwardParser()
      var source = iterator.makeIterator()
      switch decoder.parseScalar(from: &source) {
      case .valid(let encoded):
        let scalar = Unicode.UTF8.decode(encoded)
        switch scalar {
        case "\"": result += "\\\""
        case "\\": result += "\\\\"
        case "\n": result += "\\n"
        case "\r": result += "\\r"
        case "\t": result += "\\t"
        case _ where scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value):
          escape(scalar.value)
        default: result.unicodeScalars.append(scalar)
        }
        iterator = iterator.dropFirst(encoded.count)
      default:
        escape(0xDC00 + UInt32(byte))
        iterator = iterator.dropFirst()
      }
    }
    return result + "\""
  }
}

extension JSON: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral,
  ExpressibleByBooleanLiteral
{
  package init(stringLiteral value: String) { self = .string(value) }
  package init(integerLiteral value: Int) { self = .integer(value) }
  package init(booleanLiteral value: Bool) { self = .boolean(value) }
}
