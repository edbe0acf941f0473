import FoundationEssentials

/// Decodes JSON from the disk and from the worker, in which a damaged file or a hostile picture may have
/// put any number.
///
/// Numbers beyond ±(2⁵³ − 1) are replaced by that bound before decoding. So a sum of two numbers, or ten
/// times a number, does not overflow, and converting a fraction to an integer does not trap.
enum BoundedJSON {
  /// - Returns: nil for JSON of another form.
  static func decode<Value: Decodable>(_ type: Value.Type, _ json: some Sequence<UInt8>) -> Value? {
    try? JSONDecoder().decode(type, from: Data(bounded(Array(json))))
  }

  /// The same text with all its numbers within the bounds.
  static func bounded(_ json: [UInt8]) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(json.count)
    var index = 0
    var isInText = false
    while index < json.count {
      let byte = json[index]
      if isInText {
        // A character after a backslash does not end the string.
        let length = byte == UInt8(ascii: "\\") ? min(2, json.count - index) : 1
        result += json[index..<index + length]
        index += length
        isInText = byte != UInt8(ascii: "\"")
      } else if byte == UInt8(ascii: "-") || isDigit(byte) {
        let number = json[index...].prefix { isOfNumber($0) }
        result += bounded(number)
        index += number.count
      } else {
        result.append(byte)
        index += 1
        isInText = byte == UInt8(ascii: "\"")
      }
    }
    return result
  }

  private static func bounded(_ number: ArraySlice<UInt8>) -> [UInt8] {
    // Fifteen digits cannot reach the bound.
    guard number.count > 15 || number.contains(where: { $0 | 0x20 == UInt8(ascii: "e") }),
      let value = Double(String(decoding: number, as: UTF8.self)),
      abs(value) > Double(ServerNumber.bound)
    else { return Array(number) }
    return Array("\(value < 0 ? -ServerNumber.bound : ServerNumber.bound)".utf8)
  }

  private static func isDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }

  private static func isOfNumber(_ byte: UInt8) -> Bool {
    isDigit(byte) || "+-.eE".utf8.contains(byte)
  }
}
