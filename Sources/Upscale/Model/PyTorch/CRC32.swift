/// The checksum of zip archives: CRC-32, polynomial 0xEDB88320, bits reversed.
///
/// Sixteen bytes a step, by sixteen tables: a model's bytes are all summed when it is loaded, and a
/// byte at a time that took longer than everything else.
package struct CRC32 {
  private var state: UInt32 = 0xFFFF_FFFF

  package init() {}

  /// The checksum of all bytes so far.
  package var value: UInt32 { ~state }

  /// `[table][byte]`: what a byte does to the sum when so many bytes follow it.
  private static let tables: [UInt32] = {
    var tables = [UInt32](repeating: 0, count: 16 * 256)
    for byte in 0..<256 {
      var value = UInt32(byte)
      for _ in 0..<8 { value = value & 1 == 0 ? value >> 1 : value >> 1 ^ 0xEDB8_8320 }
      tables[byte] = value
    }
    for table in 1..<16 {
      for byte in 0..<256 {
        let before = tables[(table - 1) * 256 + byte]
        tables[table * 256 + byte] = before >> 8 ^ tables[Int(before & 0xFF)]
      }
    }
    return tables
  }()

  /// Takes the next bytes.
  package mutating func update(_ bytes: UnsafeRawBufferPointer) {
    var sum = state
    Self.tables.withUnsafeBufferPointer { tables in
      guard let table = tables.baseAddress else { return }
      func part(_ word: UInt32, _ first: Int) -> UInt32 {
        table[(first &+ 3) &* 256 &+ Int(word & 0xFF)]
          ^ table[(first &+ 2) &* 256 &+ Int(word >> 8 & 0xFF)]
          ^ table[(first &+ 1) &* 256 &+ Int(word >> 16 & 0xFF)]
          ^ table[first &* 256 &+ Int(word >> 24)]
      }
      var position = 0
      while position &+ 16 <= bytes.count {
        let words = bytes.loadUnaligned(fromByteOffset: position, as: SIMD4<UInt32>.self)
        sum = part(words.x ^ sum, 12) ^ part(words.y, 8) ^ part(words.z, 4) ^ part(words.w, 0)
        position &+= 16
      }
      while position < bytes.count {
        sum = sum >> 8 ^ table[Int((sum ^ UInt32(bytes[position])) & 0xFF)]
        position &+= 1
      }
    }
    state = sum
  }
}

extension WeightFile {
  /// The checksum of the bytes in `range`, which must lie inside the file.
  ///
  /// - Throws: as `read`.
  func crc32(_ range: Range<Int>) throws(UpscaleError) -> UInt32 {
    var sum = CRC32()
    try forEachPiece(of: range) { sum.update($0) }
    return sum.value
  }
}
