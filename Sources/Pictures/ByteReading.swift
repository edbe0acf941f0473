/// Reads of untrusted bytes: a place outside the array gives nil, and no offset can overflow.
extension [UInt8] {
  /// The byte at `offset`, or nil outside the array.
  func byte(at offset: Int) -> UInt8? {
    indices.contains(offset) ? self[offset] : nil
  }

  /// The bytes from `offset` on, as many as there are but no more than `count`.
  func part(at offset: Int, upTo count: Int) -> [UInt8] {
    guard offset >= 0, offset < self.count, count > 0 else { return [] }
    return Array(self[offset..<offset + Swift.min(count, self.count - offset)])
  }

  /// The unsigned number of `size` (1–4) bytes at `offset`, or nil if not all of them are there.
  func number(at offset: Int, size: Int, bigEndian: Bool) -> Int? {
    guard offset >= 0, offset <= count, count - offset >= size else { return nil }
    var value = 0
    for position in 0..<size {
      value = value << 8 | Int(self[offset + (bigEndian ? position : size - 1 - position)])
    }
    return value
  }

  /// Whether exactly `expected` is found at `offset`.
  func hasBytes(_ expected: [UInt8], at offset: Int) -> Bool {
    guard offset >= 0, offset <= count, count - offset >= expected.count else { return false }
    return self[offset..<offset + expected.count].elementsEqual(expected)
  }

  /// Whether the ASCII `text` is found at `offset`.
  func hasText(_ text: String, at offset: Int) -> Bool {
    hasBytes(Array(text.utf8), at: offset)
  }
}
