/// The index of the pictures in a JPEG that holds several (MPO, of stereo cameras and panoramas).
///
/// Previews, and what phones add to the first picture (gain maps, depth), do not count as pictures.
struct MultiPictureIndex {
  /// Pictures of their own, the first included.
  let pictureCount: Int

  /// Reads the index; fails where there is none, or one that makes no sense.
  ///
  /// - Parameter bytes: a JPEG.
  init?(_ bytes: [UInt8]) {
    guard let header = Self.header(in: bytes) else { return nil }
    let isBig = bytes.hasText("MM", at: header)
    guard isBig || bytes.hasText("II", at: header) else { return nil }
    func number(_ offset: Int, _ size: Int) -> Int? {
      bytes.number(at: header + offset, size: size, bigEndian: isBig)
    }
    guard let directory = number(4, 4), let tags = number(directory, 2) else { return nil }
    for tag in 0..<tags {
      let entry = directory + 2 + 12 * tag
      guard let name = number(entry, 2) else { return nil }
      // The pictures, 16 bytes each.
      guard name == 0xB002, let size = number(entry + 4, 4), let place = number(entry + 8, 4)
      else { continue }
      let others = (1..<max(1, min(size / 16, 1000))).filter { index in
        guard let attributes = number(place + 16 * index, 4),
          let start = number(place + 16 * index + 8, 4)
        else { return false }
        return Self.isPicture(attributes, at: header + start, in: bytes)
      }
      pictureCount = 1 + others.count
      return
    }
    return nil
  }

  /// Where the index's directory begins: in a segment before the picture's data.
  private static func header(in bytes: [UInt8]) -> Int? {
    var offset = 2
    while bytes.byte(at: offset) == 0xFF, let marker = bytes.byte(at: offset + 1) {
      if marker == 0xFF {
        offset += 1  // fill byte
        continue
      }
      guard marker != 0xDA, marker != 0xD9,
        let length = bytes.number(at: offset + 2, size: 2, bigEndian: true), length >= 2
      else { return nil }
      if marker == 0xE2, bytes.hasText("MPF\0", at: offset + 4) { return offset + 8 }
      offset += 2 + length
    }
    return nil
  }

  /// Whether an entry is a picture to look at, and there.
  private static func isPicture(_ attributes: Int, at start: Int, in bytes: [UInt8]) -> Bool {
    guard bytes.hasBytes([0xFF, 0xD8], at: start) else { return false }
    switch attributes & 0xFF_FFFF {
    case 0x01_0001, 0x01_0002: return false  // previews
    case 0:
      // Of no kind: a picture, unless it says that it belongs to the first.
      let beginning = bytes[start..<min(bytes.count, start + (1 << 14))]
      return !["hdrgm:", "HDRGainMap", "iso:ts:21496", "auxiliary"].contains {
        contains(Array($0.utf8), in: beginning)
      }
    default: return true
    }
  }

  private static func contains(_ text: [UInt8], in bytes: ArraySlice<UInt8>) -> Bool {
    guard let first = text.first else { return false }
    return bytes.indices.contains {
      bytes[$0] == first && bytes[$0...].starts(with: text)
    }
  }
}
