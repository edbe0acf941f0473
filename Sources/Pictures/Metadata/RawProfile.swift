/// Metadata that a PNG holds as hexadecimal text, under keys such as `Raw profile type exif`, as ImageMagick
/// writes them.
enum RawProfile {
  static let keyPrefix = "Raw profile type "

  /// The bytes of a text: a line with the name, one with their number, then their digits. Nil for what is
  /// not like that.
  static func bytes(of text: [UInt8]) -> [UInt8]? {
    let newline = UInt8(ascii: "\n")
    var place = text.firstIndex { $0 != newline } ?? text.count
    guard let endOfName = text[place...].firstIndex(of: newline) else { return nil }
    place = text[endOfName...].firstIndex { $0 != newline && $0 != UInt8(ascii: " ") } ?? text.count
    guard let endOfCount = text[place...].firstIndex(of: newline),
      let count = Int(String(decoding: text[place..<endOfCount], as: UTF8.self)), count >= 0,
      count <= (text.count - endOfCount) / 2
    else { return nil }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(count)
    var high: UInt8?
    for character in text[endOfCount...] where bytes.count < count {
      guard let digit = value(of: character) else {
        guard character == newline || character == UInt8(ascii: " ") || character == 13 else {
          return nil
        }
        continue
      }
      if let first = high {
        bytes.append(first << 4 | digit)
        high = nil
      } else {
        high = digit
      }
    }
    return bytes.count == count ? bytes : nil
  }

  private static func value(of character: UInt8) -> UInt8? {
    switch character {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): character - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): character - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): character - UInt8(ascii: "A") + 10
    default: nil
    }
  }

  /// The text of bytes.
  static func text(named name: String, _ bytes: [UInt8]) -> [UInt8] {
    let digits = Array("0123456789abcdef".utf8)
    let count = "\(bytes.count)"
    let padding = String(repeating: " ", count: max(0, 8 - count.utf8.count))
    var text = Array("\n\(name)\n\(padding)\(count)\n".utf8)
    for (place, byte) in bytes.enumerated() {
      text += [digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      if place % 36 == 35 { text.append(UInt8(ascii: "\n")) }
    }
    if bytes.count % 36 != 0 { text.append(UInt8(ascii: "\n")) }
    return text
  }
}
