import BatchMode
import Upscale

/// A JSON value that is written in one line, with its members in the order given.
enum JSON {
  case null
  case boolean(Bool)
  case integer(Int)
  case number(Double, digits: Int)
  case string(String)
  case array([JSON])
  case members([(String, JSON)])
  /// A value that is written as JSON already.
  case verbatim(String)

  static func object(_ members: KeyValuePairs<String, JSON>) -> JSON {
    .members(members.map { ($0.key, $0.value) })
  }

  /// An object whose first member is `event`.
  static func object(
    named event: String, _ members: KeyValuePairs<String, JSON>,
    with others: KeyValuePairs<String, JSON> = [:]
  ) -> JSON {
    .members(
      [("event", .string(event))] + members.map { ($0.key, $0.value) }
        + others.map { ($0.key, $0.value) })
  }

  var text: String {
    switch self {
    case .null: "null"
    case .boolean(let value): value ? "true" : "false"
    case .integer(let value): "\(value)"
    case .number(let value, let digits): value.isFinite ? fixed(value, digits: digits) : "null"
    case .string(let value): Self.quoted(value)
    case .verbatim(let text): text
    case .array(let values): "[" + values.map(\.text).joined(separator: ",") + "]"
    case .members(let members):
      "{" + members.map { Self.quoted($0) + ":" + $1.text }.joined(separator: ",") + "}"
    }
  }

  /// A name's bytes that are not UTF-8 are lone surrogates, as Python's `surrogateescape` has them.
  private static func quoted(_ value: String) -> String { JSONLine.quoted(BytePath(value).bytes) }
}

extension JSON: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral,
  ExpressibleByBooleanLiteral
{
  init(stringLiteral value: String) { self = .string(value) }
  init(integerLiteral value: Int) { self = .integer(value) }
  init(booleanLiteral value: Bool) { self = .boolean(value) }
}
