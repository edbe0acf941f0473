import SystemSupport

/// Reads the little JSON that a safetensors header may hold, without recursion.
///
/// A general JSON decoder neither reports a name that occurs twice nor bounds the work that hostile
/// nesting makes. The header needs only objects, strings and lists of whole numbers, so it is read
/// by asking for exactly what must come next; anything else is refused with its position.
struct HeaderScanner {
  /// Owned by the caller, who keeps them.
  private let bytes: UnsafeRawBufferPointer
  private(set) var position = 0

  init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

  /// The refusal of a header that is not what the format prescribes.
  func refusal(_ expected: String) -> UpscaleError {
    UpscaleError(
      .badModel, "the header is not valid: \(expected) expected at byte \(8 + position)")
  }

  private mutating func skipSpace() {
    while position < bytes.count {
      switch bytes[position] {
      case 0x20, 0x09, 0x0A, 0x0D: position += 1
      default: return
      }
    }
  }

  /// Consumes `character` after white space, if it is what comes next.
  mutating func accept(_ character: Unicode.Scalar) -> Bool {
    skipSpace()
    guard position < bytes.count, UInt32(bytes[position]) == character.value else { return false }
    position += 1
    return true
  }

  /// Whether `text` comes next, after white space; it is not consumed.
  mutating func isNext(_ text: StaticString) -> Bool {
    skipSpace()
    let rest = UnsafeRawBufferPointer(rebasing: bytes[position...])
    return rest.prefix(text.utf8CodeUnitCount).elementsEqual(
      UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
  }

  mutating func expect(_ character: Unicode.Scalar) throws(UpscaleError) {
    guard accept(character) else { throw refusal("'\(character)'") }
  }

  mutating func expectEnd() throws(UpscaleError) {
    skipSpace()
    guard position == bytes.count else { throw refusal("the end of the header") }
  }

  /// A whole number of at most `Int.max`, written without sign, fraction, exponent or leading zero.
  mutating func number() throws(UpscaleError) -> Int {
    skipSpace()
    let start = position
    var value = 0
    while position < bytes.count, (0x30...0x39).contains(bytes[position]) {
      let (product, tooLarge) = value.multipliedReportingOverflow(by: 10)
      let (sum, overflow) = product.addingReportingOverflow(Int(bytes[position] - 0x30))
      guard !tooLarge, !overflow else { throw refusal("a number below 2^63") }
      value = sum
      position += 1
    }
    guard position > start, bytes[start] != 0x30 || position == start + 1 else {
      throw refusal("a whole number")
    }
    return value
  }

  /// A list of at most `limit` whole numbers.
  mutating func numbers(limit: Int) throws(UpscaleError) -> [Int] {
    try expect("[")
    var values: [Int] = []
    guard !accept("]") else { return values }
    repeat {
      guard values.count < limit else { throw refusal("a list of at most \(limit) numbers") }
      values.append(try number())
    } while accept(",")
    try expect("]")
    return values
  }

  /// The longest string that is kept, in bytes: names have some tens.
  private static let stringLimit = 1024

  /// A string, its escapes resolved.
  mutating func string() throws(UpscaleError) -> String {
    var text: [UInt8] = []
    var isTooLong = false
    try string { part in
      isTooLong = isTooLong || part.count > Self.stringLimit - text.count
      if !isTooLong { text.append(contentsOf: part) }
    }
    guard !isTooLong else { throw refusal("a string of at most \(Self.stringLimit) bytes before") }
    guard let string = String(validating: text, as: UTF8.self) else {
      throw refusal("a string in UTF-8")
    }
    return string
  }

  /// Passes over a string without keeping it.
  mutating func skipString() throws(UpscaleError) {
    try string { _ in }
  }

  /// A string, handed over in pieces.
  private mutating func string(
    _ take: (UnsafeRawBufferPointer) -> Void
  ) throws(UpscaleError) {
    try expect("\"")
    var start = position
    while position < bytes.count {
      switch bytes[position] {
      case 0x22:
        take(UnsafeRawBufferPointer(rebasing: bytes[start..<position]))
        position += 1
        return
      case 0x5C:
        take(UnsafeRawBufferPointer(rebasing: bytes[start..<position]))
        position += 1
        var character = String(Character(try escape()))
        character.withUTF8 { take(UnsafeRawBufferPointer($0)) }
        start = position
      case 0..<0x20: throw refusal("a string without control characters")
      default: position += 1
      }
    }
    throw refusal("the end of a string")
  }

  private mutating func escape() throws(UpscaleError) -> Unicode.Scalar {
    guard position < bytes.count else { throw refusal("an escape") }
    let letter = bytes[position]
    position += 1
    switch letter {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(letter)
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{C}"
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "u"):
      var code = try hexadecimal()
      if code & 0xFC00 == 0xD800, position + 1 < bytes.count, bytes[position] == 0x5C,
        bytes[position + 1] == UInt8(ascii: "u")
      {
        position += 2
        let low = try hexadecimal()
        guard low & 0xFC00 == 0xDC00 else { throw refusal("the second half of a surrogate pair") }
        code = 0x10000 + (code & 0x3FF) << 10 + low & 0x3FF
      }
      guard let scalar = Unicode.Scalar(code) else { throw refusal("a character") }
      return scalar
    default: throw refusal("an escape")
    }
  }

  private mutating func hexadecimal() throws(UpscaleError) -> UInt32 {
    guard position + 4 <= bytes.count else { throw refusal("four hexadecimal digits") }
    var value: UInt32 = 0
    for _ in 0..<4 {
      guard let digit = Character(Unicode.Scalar(bytes[position])).hexDigitValue else {
        throw refusal("a hexadecimal digit")
      }
      value = value << 4 | UInt32(digit)
      position += 1
    }
    return value
  }
}
