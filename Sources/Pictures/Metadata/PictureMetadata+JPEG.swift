extension PictureMetadata {
  /// Reads the segments of a JPEG.
  mutating func readJPEG(_ bytes: [UInt8]) {
    let segments = JPEGSegments(bytes)
    var resources: [UInt8] = []
    var (brokenEXIF, brokenXMP) = (false, false)
    for segment in segments.segments {
      let contents = segment.contents
      func starts(_ text: String) -> Bool { bytes.hasText(text, at: contents.lowerBound) }
      switch segment.marker {
      case 0xE0 where starts("JFIF\0"):
        if ownDensity == nil { ownDensity = Self.jfifDensity(bytes, at: contents) }
      case 0xE0, 0xEE: break
      case 0xE1 where starts("Exif\0"):
        if !takeEXIF(bytes[contents].dropFirst(6)) { brokenEXIF = true }
      case 0xE1 where starts(Self.xmpName):
        if !takeXMP(bytes[contents].dropFirst(Self.xmpName.utf8.count)) { brokenXMP = true }
      case 0xE1 where starts("http://ns.adobe.com/xmp/extension/\0"):
        noteUnkept("its extended XMP")
      case 0xE2 where starts("ICC_PROFILE\0"): break
      // What it lists is told by MultiPictureIndex.
      case 0xE2 where starts("MPF\0"): break
      case 0xE2 where starts("urn:iso:std:iso:ts:21496:-1\0"): noteUnkept("its HDR gain map")
      case 0xEB where starts("JP"):
        let isCredentials = bytes[contents].prefix(200).windows(of: Array("c2pa".utf8))
        noteUnkept(isCredentials ? Self.credentials : "its JUMBF boxes")
      case 0xED where starts(Self.photoshopName):
        if resources.count + contents.count <= PictureLimits.metadataBytes {
          resources += bytes[contents].dropFirst(Self.photoshopName.utf8.count)
        }
      case 0xEC where starts("Ducky"): break
      case 0xFE:
        guard !contents.isEmpty, makesRoom(contents.count, for: .comment) else { break }
        comments.append(Array(bytes[contents]))
      default: noteUnkept("the data of APP\(segment.marker - 0xE0)")
      }
    }
    if brokenEXIF, exif == nil { noteDamage(.exif) }
    if brokenXMP, xmp == nil { noteDamage(.xmp) }
    if !resources.isEmpty { takePhotoshop(resources) }
    if MultiPictureIndex(bytes, segments)?.hasAttachments == true, xmp?.has(.gainMap) != true,
      !unkept.contains("its HDR gain map")
    {
      noteUnkept("the pictures that belong to it, such as an HDR gain map or a depth map")
    }
  }

  static let xmpName = "http://ns.adobe.com/xap/1.0/\0"
  static let photoshopName = "Photoshop 3.0\0"
  static let credentials = "its C2PA content credentials, whose signature would be wrong"

  private static func jfifDensity(_ bytes: [UInt8], at contents: Range<Int>) -> PixelDensity? {
    guard contents.count >= 12 else { return nil }
    let start = contents.lowerBound
    let unit = bytes[start + 7]
    guard unit <= 2, let x = bytes.number(at: start + 8, size: 2, bigEndian: true),
      let y = bytes.number(at: start + 10, size: 2, bigEndian: true)
    else { return nil }
    let units: [PixelDensity.Unit] = [.unknown, .inch, .centimetre]
    return PixelDensity(x: Double(x), y: Double(y), unit: units[Int(unit)])
  }
}

extension Collection<UInt8> {
  /// Whether a sequence of bytes is somewhere in these few.
  func windows(of sought: [UInt8]) -> Bool {
    var rest = self[...]
    while rest.count >= sought.count {
      if rest.starts(with: sought) { return true }
      rest = rest.dropFirst()
    }
    return false
  }
}
