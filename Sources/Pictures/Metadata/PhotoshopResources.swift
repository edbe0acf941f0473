/// Photoshop's image resources, in which JPEG and PNG files hold IPTC.
struct PhotoshopResources: Sendable, Equatable {
  /// The resources that are kept, one after the other.
  let bytes: [UInt8]
  /// Where IPTC is among them.
  private let place: Range<Int>?

  /// Whether there is IPTC among them.
  var hasIPTC: Bool { place != nil }
  /// IPTC's data sets.
  var iptc: ArraySlice<UInt8>? { place.map { bytes[$0] } }

  private static let iptc = 0x0404
  /// Two kinds of thumbnail; the colour profile, EXIF and XMP, which files hold elsewhere.
  private static let left: Set = [0x0409, 0x040C, 0x040F, 0x0422, 0x0423, 0x0424]

  /// Nil for what is neither resources nor IPTC.
  ///
  /// - Parameter contents: resources, or IPTC alone.
  init?(_ contents: [UInt8]) {
    guard contents.first != 0x1C else {
      bytes = Self.resource(Self.iptc, contents)
      place = bytes.count - contents.count - contents.count % 2..<bytes.count - contents.count % 2
      return
    }
    var (kept, place): ([UInt8], Range<Int>?) = ([], nil)
    var (offset, isBroken) = (0, false)
    while offset < contents.count {
      guard let resource = Self.resource(at: offset, in: contents) else {
        // Padding is no fault.
        isBroken = contents[offset...].contains { $0 != 0 }
        break
      }
      let end = min(resource.end, contents.count)
      if !Self.left.contains(resource.kind) {
        if resource.kind == Self.iptc, resource.size > 0, place == nil {
          let start = kept.count + resource.data - offset
          place = start..<start + resource.size
        }
        kept += contents[offset..<end]
        if (end - offset) % 2 == 1 { kept.append(0) }
      }
      offset = end
    }
    guard !isBroken else { return nil }
    (bytes, self.place) = (kept, place)
  }

  private static func resource(
    at offset: Int, in contents: [UInt8]
  ) -> (kind: Int, data: Int, size: Int, end: Int)? {
    guard
      ["8BIM", "PHUT", "DCSR", "AgHg", "MeSa"].contains(where: { contents.hasText($0, at: offset) }
      ),
      let kind = contents.number(at: offset + 4, size: 2, bigEndian: true),
      let nameLength = contents.byte(at: offset + 6)
    else { return nil }
    // The name with its length, and the data, take an even number of bytes.
    let sizePlace = offset + 6 + (Int(nameLength) + 2) / 2 * 2
    guard let size = contents.number(at: sizePlace, size: 4, bigEndian: true),
      size <= contents.count - sizePlace - 4
    else { return nil }
    return (kind, sizePlace + 4, size, sizePlace + 4 + (size + 1) / 2 * 2)
  }

  private static func resource(_ kind: Int, _ data: [UInt8]) -> [UInt8] {
    Array("8BIM".utf8) + [UInt8(kind >> 8), UInt8(kind & 255), 0, 0]
      + UInt32(clamping: data.count).bigEndianBytes + data + (data.count % 2 == 1 ? [0] : [])
  }
}
