/// Builds PNG files from their parts, valid or invalid.
public enum PNGBuilder {
  /// The eight bytes every PNG starts with.
  public static let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]

  /// A chunk with its right checksum and, if not told otherwise, its right length.
  public static func chunk(_ name: String, _ data: [UInt8] = [], length: Int? = nil) -> [UInt8] {
    let named = Array(name.utf8) + data
    return bigEndian(length ?? data.count) + named + bigEndian(Int(crc32(named)))
  }

  /// The header chunk.
  public static func header(
    _ width: Int, _ height: Int, depth: Int = 8, colour: Int = 2, interlace: Int = 0
  ) -> [UInt8] {
    let fields = [UInt8(depth), UInt8(colour), 0, 0, UInt8(interlace)]
    return chunk("IHDR", bigEndian(width) + bigEndian(height) + fields)
  }

  /// A whole file: `raw` is filter bytes and rows, `before` and `after` are chunks around them.
  public static func file(
    header: [UInt8], raw: [UInt8], before: [UInt8] = [], after: [UInt8] = []
  ) -> [UInt8] {
    signature + header + before + chunk("IDAT", zlib(raw)) + after + chunk("IEND")
  }

  /// A file from its chunks alone.
  public static func file(_ chunks: [UInt8]...) -> [UInt8] {
    signature + chunks.joined()
  }

  /// The PNG with a chunk put in behind its header.
  public static func inserting(_ chunk: [UInt8], into png: [UInt8]) -> [UInt8] {
    Array(png[..<33]) + chunk + png[33...]
  }

  /// A zlib stream that stores `data` as it is.
  public static func zlib(_ data: [UInt8]) -> [UInt8] {
    var stream: [UInt8] = [0x78, 0x01]
    var offset = 0
    repeat {
      let part = min(65535, data.count - offset)
      let isLast: UInt8 = offset + part == data.count ? 1 : 0
      let length = [UInt8(part & 255), UInt8(part >> 8)]
      stream += [isLast] + length + length.map { ~$0 } + data[offset..<offset + part]
      offset += part
    } while offset < data.count
    var (low, high): (UInt32, UInt32) = (1, 0)
    for byte in data {
      low = (low + UInt32(byte)) % 65521
      high = (high + low) % 65521
    }
    return stream + bigEndian(Int(high << 16 | low))
  }

  /// Four bytes, most significant first.
  public static func bigEndian(_ value: Int) -> [UInt8] {
    [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
  }

  private static let crcTable: [UInt32] = (0..<256).map { index in
    (0..<8).reduce(UInt32(index)) { value, _ in
      value & 1 == 1 ? 0xEDB8_8320 ^ (value >> 1) : value >> 1
    }
  }

  private static func crc32(_ bytes: [UInt8]) -> UInt32 {
    ~bytes.reduce(~UInt32(0)) { crcTable[Int(UInt8(truncatingIfNeeded: $0) ^ $1)] ^ ($0 >> 8) }
  }
}
