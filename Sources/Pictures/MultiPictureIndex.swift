/// The index of the pictures in a JPEG that holds several (MPO, of stereo cameras and panoramas).
///
/// Previews, and what phones add to the first picture (gain maps, depth), do not count as pictures.
struct MultiPictureIndex {
  /// Pictures of their own, the first included.
  let pictureCount: Int
  /// Whether there are pictures that belong to the first, such as a gain map.
  let hasAttachments: Bool

  private enum Kind { case picture, preview, attachment, missing }

  /// Reads the index; fails where there is none, or one that makes no sense.
  ///
  /// - Parameters:
  ///   - bytes: a JPEG.
  ///   - segments: its segments.
  init?(_ bytes: [UInt8], _ segments: JPEGSegments) {
    let index = segments.segments.first {
      $0.marker == 0xE2 && bytes.hasText("MPF\0", at: $0.contents.lowerBound)
    }
    guard let header = index.map({ $0.contents.lowerBound + 4 }) else { return nil }
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
      let kinds = (1..<max(1, min(size / 16, 1000))).map { index in
        guard let attributes = number(place + 16 * index, 4),
          let start = number(place + 16 * index + 8, 4)
        else { return Kind.missing }
        return Self.kind(attributes, at: header + start, in: bytes)
      }
      pictureCount = 1 + kinds.count { $0 == .picture }
      hasAttachments = kinds.contains(.attachment)
      return
    }
    return nil
  }

  /// What an entry is, of those that are there.
  private static func kind(_ attributes: Int, at start: Int, in bytes: [UInt8]) -> Kind {
    guard bytes.hasBytes([0xFF, 0xD8], at: start) else { return .missing }
    switch attributes & 0xFF_FFFF {
    case 0x01_0001, 0x01_0002: return .preview
    case 0:
      // Of no kind: a picture, unless it says that it belongs to the first.
      let beginning = bytes[start..<min(bytes.count, start + (1 << 14))]
      let isAttached = ["hdrgm:", "HDRGainMap", "iso:ts:21496", "auxiliary"].contains {
        contains(Array($0.utf8), in: beginning)
      }
      return isAttached ? .attachment : .picture
    default: return .picture
    }
  }

  private static func contains(_ text: [UInt8], in bytes: ArraySlice<UInt8>) -> Bool {
    guard let first = text.first else { return false }
    return bytes.indices.contains {
      bytes[$0] == first && bytes[$0...].starts(with: text)
    }
  }
}
