extension PictureMetadata {
  /// Reads the chunks of a WebP, whatever its header says of them.
  mutating func readWebP(_ bytes: [UInt8]) {
    var (offset, brokenEXIF, brokenXMP) = (12, false, false)
    var count = 0
    while count < Self.maximumChunks,
      let length = bytes.number(at: offset + 4, size: 4, bigEndian: false),
      length <= bytes.count - offset - 8
    {
      count += 1
      let contents = offset + 8..<offset + 8 + length
      let name = String(decoding: bytes[offset..<offset + 4], as: UTF8.self)
      switch name {
      case "EXIF": if !takeEXIF(bytes[contents]) { brokenEXIF = true }
      case "XMP ", "XMP\0": if !takeXMP(bytes[contents]) { brokenXMP = true }
      case "C2PA": noteUnkept(Self.credentials)
      case "VP8 ", "VP8L", "VP8X", "ALPH", "ICCP", "ANIM", "ANMF": break
      default: noteUnkept("its chunk '\(name)'")
      }
      offset = contents.upperBound + length % 2
    }
    if brokenEXIF, exif == nil { noteDamage(.exif) }
    if brokenXMP, xmp == nil { noteDamage(.xmp) }
  }
}
