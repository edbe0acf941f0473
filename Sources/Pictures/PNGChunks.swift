import CImageCodecs

/// A walk over a PNG's chunks: their names and sizes, and the few contents that libpng does not give.
struct PNGChunks {
  /// Whether Apple's tools have rewritten the file into a variant that only their systems read.
  private(set) var isAppleOptimised = false
  /// Whether every chunk is there to its last byte, up to and with the end marker.
  private(set) var isComplete = false
  /// Frames that an APNG holds, with its still picture where that is none of them; 1 for a still. What its
  /// header says of their number is not trusted.
  var frameCount: Int { isAnimation ? max(1, controls + (beginsWithStill ? 1 : 0)) : 1 }
  private var isAnimation = false
  private var beginsWithStill = false
  private var hasData = false
  /// Frames that were announced, each by a chunk of its own.
  private var controls = 0

  init(_ bytes: [UInt8]) {
    var offset = 8
    while let length = bytes.number(at: offset, size: 4, bigEndian: true),
      bytes.count - offset >= 12, length <= bytes.count - offset - 12
    {
      let name = offset + 4
      if bytes.hasText("CgBI", at: name) {
        isAppleOptimised = true
      } else if bytes.hasText("acTL", at: name) {
        // Behind the picture it has no meaning.
        isAnimation = isAnimation || (length == 8 && !hasData)
      } else if bytes.hasText("fcTL", at: name) {
        // One frame before the picture is the picture.
        controls = hasData ? controls + 1 : 1
      } else if bytes.hasText("IDAT", at: name) {
        if !hasData { beginsWithStill = controls == 0 }
        hasData = true
      } else if bytes.hasText("IEND", at: name) {
        isComplete = true
        return
      }
      offset += 12 + length
    }
  }

  /// The checksum over a chunk's name and contents.
  static func checksum(_ bytes: ArraySlice<UInt8>) -> Int {
    bytes.withUnsafeBufferPointer { bytes in
      bytes.baseAddress.map { Int(ci_crc32($0, bytes.count)) } ?? 0
    }
  }
}
