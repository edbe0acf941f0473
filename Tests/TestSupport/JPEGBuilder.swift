/// Builds JPEG files from their parts, valid or invalid.
public enum JPEGBuilder {
  /// A marker segment with its length.
  public static func segment(_ marker: UInt8, _ contents: [UInt8]) -> [UInt8] {
    let length = contents.count + 2
    return [0xFF, marker, UInt8(length >> 8), UInt8(length & 255)] + contents
  }

  /// A baseline JPEG of one 8 x 8 block in one colour, one value for each component as stored.
  ///
  /// `adobeTransform` is the colour transform in an Adobe segment; nil for no segment.
  public static func flat(_ values: [Int], adobeTransform: UInt8? = nil) -> [UInt8] {
    var file: [UInt8] = [0xFF, 0xD8]
    if let adobeTransform {
      file += segment(0xEE, Array("Adobe".utf8) + [0, 100, 0, 0, 0, 0, adobeTransform])
    }
    let components = values.indices.flatMap { index -> [UInt8] in [UInt8(index + 1), 0x11, 0] }
    file += quantisation
    file += segment(0xC0, [8, 0, 8, 0, 8, UInt8(values.count)] + components)
    file += huffman
    let selectors = values.indices.flatMap { index -> [UInt8] in [UInt8(index + 1), 0] }
    file += segment(0xDA, [UInt8(values.count)] + selectors + [0, 63, 0])

    var bits: [Bool] = []
    for value in values {
      let level = value - 128
      let size = Int.bitWidth - abs(level).leadingZeroBitCount
      bits += (0..<4).map { size >> (3 - $0) & 1 == 1 }
      let code = level >= 0 ? level : level + (1 << size) - 1
      bits += (0..<size).map { code >> (size - 1 - $0) & 1 == 1 }
      bits.append(false)  // end of block
    }
    while bits.count % 8 != 0 { bits.append(true) }
    for start in stride(from: 0, to: bits.count, by: 8) {
      let byte = bits[start..<start + 8].reduce(UInt8(0)) { $0 << 1 | ($1 ? 1 : 0) }
      file.append(byte)
      if byte == 0xFF { file.append(0) }
    }
    return file + [0xFF, 0xD9]
  }

  /// A gray progressive JPEG whose scans hold nothing: each costs 10 bytes and a pass.
  public static func emptyScans(_ count: Int, width: Int, height: Int) -> [UInt8] {
    let size = [height >> 8, height & 255, width >> 8, width & 255].map { UInt8($0) }
    var file: [UInt8] = [0xFF, 0xD8] + quantisation
    file += segment(0xC2, [8] + size + [1, 1, 0x11, 0]) + huffman
    let scan = segment(0xDA, [1, 1, 0, 0, 0, 0x10])
    for _ in 0..<count { file += scan }
    return file + [0xFF, 0xD9]
  }

  /// The JPEG with segments put in behind its start marker.
  public static func inserting(_ segments: [UInt8], into jpeg: [UInt8]) -> [UInt8] {
    Array(jpeg[..<2]) + segments + jpeg[2...]
  }

  /// All eights: a block's DC level then is its offset from mid-gray.
  public static let quantisation = segment(0xDB, [0] + [UInt8](repeating: 8, count: 64))

  /// DC: sizes 0...11 as four bits each. AC: nothing but the end of block.
  private static let huffman =
    segment(0xC4, [0x00, 0, 0, 0, 12] + [UInt8](repeating: 0, count: 12) + Array(0...11))
    + segment(0xC4, [0x10, 1] + [UInt8](repeating: 0, count: 15) + [0])
}
