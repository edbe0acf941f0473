/// Builds EXIF blocks and ICC profiles from their parts.
public enum MetadataBuilder {
  /// A TIFF header with one directory that holds the orientation among other entries.
  public static func exif(
    orientation: Int, bigEndian: Bool = false, type: Int = 3, count: Int = 1,
    size: Int = 2, withPrefix: Bool
  ) -> [UInt8] {
    func number(_ value: Int, _ size: Int) -> [UInt8] {
      let little = (0..<size).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
      return bigEndian ? little.reversed() : little
    }
    func entry(_ tag: Int, _ type: Int, _ count: Int, _ value: [UInt8]) -> [UInt8] {
      number(tag, 2) + number(type, 2) + number(count, 4) + value
        + [UInt8](repeating: 0, count: 4 - value.count)
    }
    var block = Array((bigEndian ? "MM" : "II").utf8) + number(42, 2) + number(8, 4)
    block += number(3, 2)
    block += entry(0x0100, 3, 1, number(640, 2))
    block += entry(0x0112, type, count, number(orientation, size))
    block += entry(0x0128, 3, 1, number(2, 2))
    block += number(0, 4)
    return (withPrefix ? Array("Exif\0\0".utf8) : []) + block
  }

  /// A little-endian block with an orientation and a place on earth (52° 31' N), as phones write it.
  public static func exifWithPlace(orientation: Int) -> [UInt8] {
    func number(_ value: Int, _ size: Int) -> [UInt8] {
      (0..<size).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }
    func entry(_ tag: Int, _ type: Int, _ count: Int, _ value: [UInt8]) -> [UInt8] {
      number(tag, 2) + number(type, 2) + number(count, 4) + value
        + [UInt8](repeating: 0, count: 4 - value.count)
    }
    // Two entries from byte 8 on, the place's own two from 38, its fractions from 68.
    var block = Array("II".utf8) + number(42, 2) + number(8, 4) + number(2, 2)
    block += entry(0x0112, 3, 1, number(orientation, 2))
    block += entry(0x8825, 4, 1, number(38, 4)) + number(0, 4)
    block += number(2, 2)
    block += entry(1, 2, 2, Array("N".utf8)) + entry(2, 5, 3, number(68, 4)) + number(0, 4)
    block += [52, 1, 31, 1, 0, 1].flatMap { number($0, 4) }
    return Array("Exif\0\0".utf8) + block
  }

  /// A profile that is right in its header and holds no tags besides `size - 132` bytes of filling.
  public static func profile(space: String = "RGB ", size: Int = 400) -> [UInt8] {
    var profile = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 7) }
    func put(_ bytes: [UInt8], at offset: Int) {
      profile.replaceSubrange(offset..<offset + bytes.count, with: bytes)
    }
    put([UInt8](repeating: 0, count: 132), at: 0)
    put(PNGBuilder.bigEndian(size), at: 0)
    put([2, 0x40, 0, 0], at: 8)
    put(Array("mntr".utf8), at: 12)
    put(Array(space.utf8), at: 16)
    put(Array("XYZ ".utf8), at: 20)
    put(Array("acsp".utf8), at: 36)
    // The D50 white point, which libpng insists on.
    put([0, 0, 0xF6, 0xD6, 0, 1, 0, 0, 0, 0, 0xD3, 0x2D], at: 68)
    return profile
  }
}
