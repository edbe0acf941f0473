import CImageCodecs

extension PictureMetadata {
  /// Chunks of a PNG that are pixels, colours, or how they are shown.
  private static let known: Set<String> = [
    "IHDR", "PLTE", "IDAT", "IEND", "tRNS", "gAMA", "cHRM", "sRGB", "iCCP", "sBIT", "cICP", "mDCV",
    "cLLI", "mDCv", "cLLi", "bKGD", "hIST", "sPLT", "acTL", "fcTL", "fdAT", "iDOT",
  ]
  /// More texts than any program writes.
  private static let maximumTexts = 1000
  /// More chunks beside those of pixels than any program writes.
  static let maximumChunks = 10_000

  /// What stands in texts, as packets or hexadecimal digits; chunks of their own go first.
  private struct Profiles {
    var exif: [[UInt8]] = []
    var xmp: [[UInt8]] = []
    var hasBrokenEXIF = false
    var hasBrokenXMP = false
    /// How many were inflated.
    var count = 0
  }

  /// Reads the chunks of a PNG, before and behind its pixels.
  mutating func readPNG(_ bytes: [UInt8]) {
    var (offset, count, inflated, profiles) = (8, 0, 0, Profiles())
    while count < Self.maximumChunks,
      let length = bytes.number(at: offset, size: 4, bigEndian: true),
      bytes.count - offset >= 12, length <= bytes.count - offset - 12,
      let kind = bytes.number(at: offset + 4, size: 4, bigEndian: true)
    {
      let contents = offset + 8..<offset + 8 + length
      offset += 12 + length
      guard kind != 0x4944_4154 else { continue }  // IDAT, of which there are many
      count += 1
      let name = String(
        decoding: bytes[contents.lowerBound - 4..<contents.lowerBound], as: UTF8.self)
      switch name {
      case "IEND": offset = bytes.count
      case "eXIf", "tEXt", "zTXt", "iTXt", "pHYs", "tIME":
        let kind: Kind = name.hasSuffix("Xt") ? .text : .exif
        if length > PictureLimits.metadataBytes {
          _ = makesRoom(length, for: kind)
        } else if kind == .text || Self.isIntact(bytes, contents) {
          // Programs that edit texts do not always bring their checksums up to date.
          take(name, bytes, contents, profiles: &profiles, inflated: &inflated)
        } else if name == "eXIf" {
          noteDamage(kind)
        }
      case "caBX": noteUnkept(Self.credentials)
      case let name where !Self.known.contains(name): noteUnkept("its \(name) chunk")
      default: break
      }
    }
    for block in profiles.exif where !takeEXIF(block[...]) { profiles.hasBrokenEXIF = true }
    for packet in profiles.xmp where !takeXMP(packet[...]) { profiles.hasBrokenXMP = true }
    if profiles.hasBrokenEXIF, exif == nil { noteDamage(.exif) }
    if profiles.hasBrokenXMP, xmp == nil { noteDamage(.xmp) }
  }

  private mutating func take(
    _ name: String, _ bytes: [UInt8], _ contents: Range<Int>, profiles: inout Profiles,
    inflated: inout Int
  ) {
    switch name {
    case "eXIf": if !takeEXIF(bytes[contents]) { profiles.hasBrokenEXIF = true }
    case "pHYs": ownDensity = ownDensity ?? Self.density(bytes, contents)
    case "tIME": time = contents.count == 7 ? Array(bytes[contents]) : nil
    default:
      guard let kind = PictureText.Kind(rawValue: name),
        let text = PictureText(kind, Array(bytes[contents]))
      else {
        noteDamage(.text)
        return
      }
      if text.keyword == Self.xmpKeyword || text.keyword.hasPrefix(RawProfile.keyPrefix) {
        take(text, into: &profiles)
      } else {
        take(text, inflated: &inflated)
      }
    }
  }

  private mutating func take(_ text: PictureText, inflated: inout Int) {
    guard texts.count < Self.maximumTexts else {
      warn("more than \(Self.maximumTexts) texts: the others were left out")
      return
    }
    let limit = PictureLimits.metadataBytes - inflated
    guard let contents = text.contents(limit: limit) else {
      warn("a text that is damaged or larger than 4 MiB was left out: '\(text.keyword)'")
      // A bomb is not tried a thousand times.
      inflated += text.kind == .plain ? 0 : PictureLimits.metadataBytes / 8
      inflated = min(inflated, PictureLimits.metadataBytes)
      return
    }
    inflated += contents.count
    if makesRoom(text.data.count, for: .text) { texts.append(text) }
  }

  /// Takes what a text holds that is metadata of another kind.
  private mutating func take(_ text: PictureText, into profiles: inout Profiles) {
    profiles.count += 1
    guard profiles.count <= 8 else { return }
    // Digits and line ends take a little more than two bytes for one.
    let contents = text.contents(limit: PictureLimits.metadataBytes / 4 * 9)
    let isPacket = text.keyword == Self.xmpKeyword
    let name = isPacket ? "xmp" : String(text.keyword.dropFirst(RawProfile.keyPrefix.utf8.count))
    guard ["exif", "APP1", "xmp", "iptc", "8bim"].contains(name) else {
      if name != "icc", name != "icm" { noteUnkept("its raw profile '\(name)'") }
      return
    }
    let bytes = isPacket ? contents : contents.flatMap { RawProfile.bytes(of: $0) }
    if name == "iptc" || name == "8bim" {
      if let bytes { takePhotoshop(bytes) } else { noteDamage(.iptc) }
      return
    }
    let isNamed = bytes?.hasText(Self.xmpName, at: 0) == true
    let isXMP = name == "xmp" || isNamed
    guard let bytes else {
      if isXMP { profiles.hasBrokenXMP = true } else { profiles.hasBrokenEXIF = true }
      return
    }
    guard bytes.count <= PictureLimits.metadataBytes else {
      _ = makesRoom(bytes.count, for: isXMP ? .xmp : .exif)
      return
    }
    if isXMP, profiles.xmp.isEmpty {
      profiles.xmp = [isNamed ? Array(bytes.dropFirst(Self.xmpName.utf8.count)) : bytes]
    } else if !isXMP, profiles.exif.isEmpty {
      profiles.exif = [bytes]
    }
  }

  static let xmpKeyword = "XML:com.adobe.xmp"

  private static func isIntact(_ bytes: [UInt8], _ contents: Range<Int>) -> Bool {
    bytes.number(at: contents.upperBound, size: 4, bigEndian: true)
      == PNGChunks.checksum(bytes[contents.lowerBound - 4..<contents.upperBound])
  }

  private static func density(_ bytes: [UInt8], _ contents: Range<Int>) -> PixelDensity? {
    guard contents.count == 9, bytes[contents.lowerBound + 8] <= 1,
      let x = bytes.number(at: contents.lowerBound, size: 4, bigEndian: true),
      let y = bytes.number(at: contents.lowerBound + 4, size: 4, bigEndian: true)
    else { return nil }
    return PixelDensity(
      x: Double(x), y: Double(y), unit: bytes[contents.lowerBound + 8] == 1 ? .meter : .unknown)
  }
}
