import CImageCodecs

extension PictureMetadata {
  /// Chunks of a PNG that are pixels, colours, or how they are shown.
  private static let known: Set<String> = [
    "IHDR", "PLTE", "IDAT", "IEND", "tRNS", "gAMA", "cHRM", "sRGB", "iCCP", "sBIT", "cICP", "mDCV",
    "cLLI", "mDCv", "cLLi", "bKGD", "hIST", "sPLT", "acTL", "fcTL", "fdAT", "iDOT",
  ]
  /// More texts than any program writes.
  private static let maximumTexts = 1000

  /// Reads the chunks of a PNG, before and behind its pixels.
  mutating func readPNG(_ bytes: [UInt8]) {
    var (offset, brokenEXIF, inflated) = (8, false, 0)
    var profiles: [String: [UInt8]] = [:]
    var hasBrokenXMP = false
    while let length = bytes.number(at: offset, size: 4, bigEndian: true),
      bytes.count - offset >= 12, length <= bytes.count - offset - 12,
      let kind = bytes.number(at: offset + 4, size: 4, bigEndian: true)
    {
      let contents = offset + 8..<offset + 8 + length
      offset += 12 + length
      guard kind != 0x4944_4154 else { continue }  // IDAT, of which there are many
      let name = String(decoding: bytes[contents.lowerBound - 4..<contents.lowerBound], as: UTF8.self)
      switch name {
      case "IEND": offset = bytes.count
      case "eXIf", "tEXt", "zTXt", "iTXt", "pHYs", "tIME":
        let isText = name.hasSuffix("Xt")
        let kind: Kind = isText ? .text : .exif
        guard length <= PictureLimits.metadataBytes else {
          _ = makesRoom(length, for: kind)
          continue
        }
        guard Self.isIntact(bytes, contents) else {
          if isText || name == "eXIf" { noteDamage(kind) }
          continue
        }
        switch name {
        case "eXIf": if !takeEXIF(bytes[contents]) { brokenEXIF = true }
        case "pHYs": ownDensity = ownDensity ?? Self.density(bytes, contents)
        case "tIME": time = length == 7 ? Array(bytes[contents]) : nil
        default:
          guard let kind = PictureText.Kind(rawValue: name),
            let text = PictureText(kind, Array(bytes[contents]))
          else {
            noteDamage(.text)
            continue
          }
          if text.keyword == Self.xmpKeyword || text.keyword.hasPrefix(RawProfile.keyPrefix) {
            let profile = text.keyword
            if profiles[profile] == nil, profiles.count < 8 {
              let found = text.contents(limit: 3 * PictureLimits.metadataBytes)
              profiles[profile] = found ?? []
            }
          } else {
            take(text, inflated: &inflated)
          }
        }
      case "caBX": noteUnkept(Self.credentials)
      case let name where !Self.known.contains(name): noteUnkept("its \(name) chunk")
      default: break
      }
    }
    if let packet = profiles[Self.xmpKeyword] { hasBrokenXMP = !takeXMP(packet[...]) }
    take(profiles, brokenEXIF: brokenEXIF, brokenXMP: hasBrokenXMP)
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

  /// Takes what stands in texts as hexadecimal digits.
  private mutating func take(
    _ profiles: [String: [UInt8]], brokenEXIF: Bool, brokenXMP: Bool
  ) {
    var (brokenEXIF, brokenXMP) = (brokenEXIF, brokenXMP)
    for (key, text) in profiles.sorted(by: { $0.key < $1.key }) where key != Self.xmpKeyword {
      let name = key.dropFirst(RawProfile.keyPrefix.utf8.count)
      guard ["exif", "APP1", "xmp", "iptc", "8bim"].contains(name) else {
        if name != "icc", name != "icm" { noteUnkept("its raw profile '\(name)'") }
        continue
      }
      let bytes = RawProfile.bytes(of: text)
      switch name {
      case "iptc", "8bim":
        if let bytes { takePhotoshop(bytes) } else { noteDamage(.iptc) }
      default:
        let packet = bytes.flatMap {
          $0.hasText(Self.xmpName, at: 0) ? $0[Self.xmpName.utf8.count...] : nil
        }
        if name == "xmp" || packet != nil {
          if !takeXMP(packet ?? (bytes ?? [])[...]) { brokenXMP = true }
        } else if !takeEXIF((bytes ?? [])[...]) {
          brokenEXIF = true
        }
      }
    }
    if brokenEXIF, exif == nil { noteDamage(.exif) }
    if brokenXMP, xmp == nil { noteDamage(.xmp) }
  }

  static let xmpKeyword = "XML:com.adobe.xmp"

  private static func isIntact(_ bytes: [UInt8], _ contents: Range<Int>) -> Bool {
    let sum = bytes[contents.lowerBound - 4..<contents.upperBound].withUnsafeBufferPointer {
      $0.baseAddress.map { [count = $0.count] in ci_crc32($0, count) } ?? 0
    }
    return bytes.number(at: contents.upperBound, size: 4, bigEndian: true) == Int(sum)
  }

  private static func density(_ bytes: [UInt8], _ contents: Range<Int>) -> PixelDensity? {
    guard contents.count == 9, bytes[contents.lowerBound + 8] == 1,
      let x = bytes.number(at: contents.lowerBound, size: 4, bigEndian: true),
      let y = bytes.number(at: contents.lowerBound + 4, size: 4, bigEndian: true)
    else { return nil }
    return PixelDensity(x: Double(x), y: Double(y), unit: .meter)
  }
}
