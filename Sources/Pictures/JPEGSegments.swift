/// The application segments and comments of a JPEG, read up to the start of its picture data.
///
/// Segments are found as libjpeg finds them: stray bytes between two of them and fill bytes are stepped over,
/// and their order does not matter.
struct JPEGSegments {
  /// One segment: its marker's second byte, and where in the file its contents are.
  struct Segment {
    let marker: UInt8
    let contents: Range<Int>
  }

  /// APP0–APP15 and comments, in the order of the file.
  let segments: [Segment]
  /// The ICC profile, put together from its parts.
  let iccProfile: [UInt8]?
  /// Whether parts of a profile were found that do not make a whole.
  let hasBrokenICCProfile: Bool

  /// More segments are not looked at: the largest profile takes 255, and cameras write a few dozen.
  static let maximumCount = 2048

  init(_ bytes: [UInt8]) {
    segments = bytes.withUnsafeBufferPointer(Self.find)
    (iccProfile, hasBrokenICCProfile) = Self.profile(of: segments, in: bytes)
  }

  private static func find(in file: UnsafeBufferPointer<UInt8>) -> [Segment] {
    var segments: [Segment] = []
    var offset = 2
    while let marker = nextMarker(in: file, from: &offset) {
      if marker == 0x01 || (0xD0...0xD8).contains(marker) { continue }
      guard marker != 0xDA, marker != 0xD9, segments.count < maximumCount, file.count - offset >= 2
      else { break }
      let length = Int(file[offset]) << 8 | Int(file[offset + 1])
      guard length >= 2, length <= file.count - offset else { break }
      if (0xE0...0xEF).contains(marker) || marker == 0xFE {
        segments.append(Segment(marker: marker, contents: offset + 2..<offset + length))
      }
      offset += length
    }
    return segments
  }

  /// The next marker; `offset` is moved behind it.
  private static func nextMarker(
    in file: UnsafeBufferPointer<UInt8>, from offset: inout Int
  ) -> UInt8? {
    while offset < file.count {
      guard file[offset] == 0xFF else {
        offset += 1
        continue
      }
      while offset < file.count, file[offset] == 0xFF { offset += 1 }
      guard offset < file.count else { return nil }
      offset += 1
      if file[offset - 1] != 0 { return file[offset - 1] }
    }
    return nil
  }

  /// The ICC profile: whole, or nil and whether there are parts of one.
  private static func profile(
    of segments: [Segment], in bytes: [UInt8]
  ) -> (profile: [UInt8]?, isBroken: Bool) {
    var parts: [Int: Range<Int>] = [:]
    var total: Int?
    var isBroken = false
    for segment in segments where segment.marker == 0xE2 {
      let contents = segment.contents
      guard contents.count >= 14, bytes.hasText("ICC_PROFILE\0", at: contents.lowerBound) else {
        continue
      }
      let number = Int(bytes[contents.lowerBound + 12])
      let count = Int(bytes[contents.lowerBound + 13])
      if number < 1 || number > count || parts[number] != nil || (total ?? count) != count {
        isBroken = true
      }
      total = count
      parts[number] = contents.lowerBound + 14..<contents.upperBound
    }
    guard let total else { return (nil, false) }
    guard !isBroken, parts.count == total else { return (nil, true) }
    return (parts.sorted { $0.key < $1.key }.flatMap { bytes[$0.value] }, false)
  }
}
