/// The metadata segments of a JPEG, read up to the start of its picture data.
struct JPEGSegments {
  /// The first EXIF segment's contents, `Exif\0\0` included.
  private(set) var exif: [UInt8]?
  /// The ICC profile, put together from its parts.
  private(set) var iccProfile: [UInt8]?
  /// Whether parts of a profile were found that do not make a whole.
  private(set) var hasBrokenICCProfile = false

  init(_ bytes: [UInt8]) {
    var parts: [Int: Range<Int>] = [:]
    var total: Int?
    var isBroken = false
    var offset = 2
    while bytes.byte(at: offset) == 0xFF, let marker = bytes.byte(at: offset + 1) {
      if marker == 0xFF {
        offset += 1  // fill byte
        continue
      }
      if marker == 0x01 || (0xD0...0xD8).contains(marker) {
        offset += 2  // markers without contents
        continue
      }
      guard marker != 0xDA, marker != 0xD9,
        let length = bytes.number(at: offset + 2, size: 2, bigEndian: true), length >= 2,
        length <= bytes.count - offset - 2
      else { break }
      let contents = offset + 4..<offset + 2 + length
      if marker == 0xE1, exif == nil, bytes.hasText("Exif\0", at: contents.lowerBound) {
        exif = Array(bytes[contents])
      } else if marker == 0xE2, contents.count >= 14,
        bytes.hasText("ICC_PROFILE\0", at: contents.lowerBound)
      {
        let number = Int(bytes[contents.lowerBound + 12])
        let count = Int(bytes[contents.lowerBound + 13])
        if number < 1 || number > count || parts[number] != nil || (total ?? count) != count {
          isBroken = true
        }
        total = count
        parts[number] = contents.lowerBound + 14..<contents.upperBound
      }
      offset += 2 + length
    }
    guard let total else { return }
    if isBroken || parts.count != total {
      hasBrokenICCProfile = true
    } else {
      iccProfile = parts.sorted { $0.key < $1.key }.flatMap { bytes[$0.value] }
    }
  }
}
