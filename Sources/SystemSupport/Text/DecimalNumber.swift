/// Numbers as people write them in options: decimal digits and nothing else.
///
/// Swift's own conversions take "0x10", "nan", "inf", "1e3" and "+5", too.
package enum DecimalNumber {
  /// A whole number, at least 0; nil for anything else.
  package static func whole(_ text: String) -> Int? {
    guard !text.isEmpty, text.utf8.allSatisfy(isDigit) else { return nil }
    return Int(text)
  }

  /// A number with or without a decimal point, at least 0.
  package static func real(_ text: String) -> Double? {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard (1...2).contains(parts.count), parts.contains(where: { !$0.isEmpty }),
      parts.allSatisfy({ $0.utf8.allSatisfy(isDigit) }), let number = Double(text),
      number.isFinite
    else { return nil }
    return number
  }

  /// A number without a fraction that says nothing: "4", "2.5".
  package static func text(_ value: Double) -> String {
    let text = "\(value)"
    return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
  }

  private static func isDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }
}
