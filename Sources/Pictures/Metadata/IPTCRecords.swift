/// The texts of IPTC's application record (IIM version 4), and the properties of XMP that mean the same.
///
/// The correspondence is that of the IPTC Photo Metadata Standard.
struct IPTCRecords {
  /// The texts of each data set of record 2, in their order.
  private(set) var texts: [Int: [String]] = [:]

  /// More data sets than any program writes.
  private static let maximumCount = 2000
  private static let applicationRecord = 2
  /// What ISO 2022 writes for UTF-8.
  private static let utf8: [UInt8] = [0x1B, 0x25, 0x47]

  /// - Parameter bytes: data sets, one after the other; what follows the first that is broken is passed over.
  init(_ bytes: ArraySlice<UInt8>) {
    let bytes = Array(bytes)
    var (offset, isUTF8, count) = (0, false, 0)
    while count < Self.maximumCount, bytes.byte(at: offset) == 0x1C,
      let record = bytes.byte(at: offset + 1), let number = bytes.byte(at: offset + 2),
      let size = bytes.number(at: offset + 3, size: 2, bigEndian: true),
      // A longer one has the length of its length; no text is that long.
      size < 0x8000, size <= bytes.count - offset - 5
    {
      let contents = bytes[offset + 5..<offset + 5 + size]
      (offset, count) = (offset + 5 + size, count + 1)
      if record == 1, number == 90 { isUTF8 = contents.elementsEqual(Self.utf8) }
      guard Int(record) == Self.applicationRecord, number > 0, size > 0 else { continue }
      let text =
        isUTF8
        ? String(decoding: contents, as: UTF8.self)
        : String(validating: contents, as: UTF8.self) ?? PictureText.latin(contents)
      texts[Int(number), default: []].append(text.replacing("\0", with: ""))
    }
  }

  /// What XMP can say of it.
  var properties: [XMPAdditions.Property] {
    var result: [XMPAdditions.Property] = Self.known.compactMap { known in
      guard let texts = texts[known.number] else { return nil }
      return XMPAdditions.Property(
        space: known.space, name: known.name, form: known.form, values: texts)
    }
    if let date = texts[55]?.first.flatMap(Self.date) {
      result.append(
        XMPAdditions.Property(
          space: .photoshop, name: "DateCreated", form: .plain, values: [date]))
    }
    return result
  }

  /// Whether all of it is among the properties.
  var fitsXMP: Bool {
    let known = Set(Self.known.map(\.number)).union([55])
    return texts.keys.allSatisfy { known.contains($0) }
  }

  private static let known:
    [(number: Int, space: XMPPacket.Space, name: String, form: XMPAdditions.Form)] = [
      (5, .dublinCore, "title", .languages), (120, .dublinCore, "description", .languages),
      (116, .dublinCore, "rights", .languages), (80, .dublinCore, "creator", .sequence),
      (25, .dublinCore, "subject", .bag), (10, .photoshop, "Urgency", .plain),
      (15, .photoshop, "Category", .plain), (20, .photoshop, "SupplementalCategories", .bag),
      (40, .photoshop, "Instructions", .plain), (85, .photoshop, "AuthorsPosition", .plain),
      (90, .photoshop, "City", .plain), (95, .photoshop, "State", .plain),
      (101, .photoshop, "Country", .plain), (103, .photoshop, "TransmissionReference", .plain),
      (105, .photoshop, "Headline", .plain), (110, .photoshop, "Credit", .plain),
      (115, .photoshop, "Source", .plain), (122, .photoshop, "CaptionWriter", .plain),
      (92, .iptcCore, "Location", .plain), (100, .iptcCore, "CountryCode", .plain),
    ]

  /// Eight digits, as XMP writes a date.
  private static func date(_ digits: String) -> String? {
    let digits = Array(digits)
    guard digits.count == 8, digits.allSatisfy({ $0.isASCII && $0.isNumber }) else { return nil }
    return "\(String(digits[..<4]))-\(String(digits[4..<6]))-\(String(digits[6...]))"
  }
}
