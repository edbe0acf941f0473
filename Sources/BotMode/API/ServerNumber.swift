/// Numbers from the server, within bounds that arithmetic here is safe in.
///
/// Telegram's identifiers have at most 52 significant bits, and no file has more bytes. A larger identifier
/// is refused, since it must not become that of another chat; a larger amount is cut.
enum ServerNumber {
  static let bound: Int64 = 1 << 53 - 1
  /// The longest wait that a server may ask for, in seconds.
  static let longestPatience: Int64 = 86_400
  /// Columns or rows; the product of two is no overflow.
  static let longestSide = Int64(Int32.max)
}

extension KeyedDecodingContainer {
  /// The number of a chat, a person or a message.
  ///
  /// - Throws: for what is no number, and for numbers outside the bounds.
  func identifier(_ key: Key) throws -> Int64 {
    let value = try decode(Int64.self, forKey: key)
    guard value.magnitude <= ServerNumber.bound.magnitude else {
      throw DecodingError.dataCorruptedError(
        forKey: key, in: self, debugDescription: "no identifier is as large")
    }
    return value
  }

  /// A size or a number of seconds; nil when it is absent or nothing of that kind.
  ///
  /// - Parameters:
  ///   - key: where it stands.
  ///   - limit: larger ones are cut to it, also those that no integer can hold.
  /// - Returns: 0 or more.
  func amount(_ key: Key, upTo limit: Int64 = ServerNumber.bound) -> Int64? {
    if let value: Int64 = ifReadable(key) { return value < 0 ? nil : min(value, limit) }
    guard let value: Double = ifReadable(key), value >= 0 else { return nil }
    return value < Double(limit) ? Int64(value) : limit
  }
}
