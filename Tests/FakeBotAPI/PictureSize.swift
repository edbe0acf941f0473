import Foundation

/// The dimensions that the head of a PNG, JPEG or WebP file says.
struct PictureSize {
  var width: Int
  var height: Int
  var isJPEG = false

  init?(of path: String) {
    guard let file = FileHandle(forReadingAtPath: path) else { return nil }
    defer { try? file.close() }
    guard let head = try? file.read(upToCount: 1 << 20) else { return nil }
    self.init(bytes: Array(head))
  }

  init?(bytes: [UInt8]) {
    func number(_ place: Int, _ count: Int, bigEndian: Bool = true) -> Int? {
      guard place >= 0, place + count <= bytes.count else { return nil }
      let digits = bytes[place..<place + count]
      return (bigEndian ? Array(digits) : digits.reversed()).reduce(0) { $0 << 8 | Int($1) }
    }
    if bytes.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) {
      guard let width = number(16, 4), let height = number(20, 4) else { return nil }
      (self.width, self.height) = (width, height)
      return
    }
    if bytes.starts(with: [0xFF, 0xD8]) {
      var place = 2
      while let marker = number(place, 2), let length = number(place + 2, 2), marker >= 0xFF00 {
        let kind = marker & 0xFF
        if (0xC0...0xCF).contains(kind), kind != 0xC4, kind != 0xC8, kind != 0xCC {
          guard let height = number(place + 5, 2), let width = number(place + 7, 2) else {
            return nil
          }
          (self.width, self.height, isJPEG) = (width, height, true)
          return
        }
        place += 2 + length
      }
      return nil
    }
    guard bytes.starts(with: "RIFF".utf8), bytes.dropFirst(8).starts(with: "WEBP".utf8) else {
      return nil
    }
    switch String(decoding: bytes.dropFirst(12).prefix(4), as: UTF8.self) {
    case "VP8X":
      guard let width = number(24, 3, bigEndian: false),
        let height = number(27, 3, bigEndian: false)
      else { return nil }
      (self.width, self.height) = (width + 1, height + 1)
    case "VP8L":
      guard let bits = number(21, 4, bigEndian: false) else { return nil }
      (self.width, self.height) = ((bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1)
    case "VP8 ":
      guard let width = number(26, 2, bigEndian: false),
        let height = number(28, 2, bigEndian: false)
      else { return nil }
      (self.width, self.height) = (width & 0x3FFF, height & 0x3FFF)
    default: return nil
    }
  }
}
