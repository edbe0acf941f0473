/// Formats that users often supply and that are not read here, recognised by their first bytes.
package enum ForeignFormat: String, CaseIterable, Codable, Sendable {
  case gif = "a GIF"
  case heic = "an HEIC picture"
  case avif = "an AVIF picture"
  case tiff = "a TIFF picture"
  case bmp = "a BMP picture"
  case jpegXL = "a JPEG XL picture"
  case jpeg2000 = "a JPEG 2000 picture"
  case photoshop = "a Photoshop document"
  case icon = "a Windows icon"
  case pdf = "a PDF document"
  case svg = "an SVG drawing"
  case netpbm = "a Netpbm picture"
  case video = "a video"

  /// The format of `bytes`, or nil if it is none of these.
  package static func detect(_ bytes: [UInt8]) -> ForeignFormat? {
    if bytes.hasText("GIF8", at: 0) { return .gif }
    if bytes.hasBytes([0x49, 0x49, 0x2A, 0], at: 0) || bytes.hasBytes([0x4D, 0x4D, 0, 0x2A], at: 0)
      || bytes.hasBytes([0x49, 0x49, 0x2B, 0], at: 0)
      || bytes.hasBytes([0x4D, 0x4D, 0, 0x2B], at: 0)
    {
      return .tiff
    }
    if bytes.hasBytes([0, 0, 0, 12, 0x4A, 0x58, 0x4C, 0x20], at: 0)
      || bytes.hasBytes([0xFF, 0x0A], at: 0)
    {
      return .jpegXL
    }
    if bytes.hasBytes([0, 0, 0, 12, 0x6A, 0x50, 0x20, 0x20], at: 0)
      || bytes.hasBytes([0xFF, 0x4F, 0xFF, 0x51], at: 0)
    {
      return .jpeg2000
    }
    if bytes.hasText("ftyp", at: 4) { return baseMedia(bytes) }
    if bytes.hasBytes([0x1A, 0x45, 0xDF, 0xA3], at: 0) { return .video }
    if bytes.hasText("8BPS", at: 0) { return .photoshop }
    if bytes.hasBytes([0, 0, 1, 0], at: 0), bytes.count >= 22 { return .icon }
    if bytes.hasText("%PDF-", at: 0) { return .pdf }
    // Two letters are weak evidence, so BMP's reserved fields are checked as well: they are zero.
    if bytes.hasText("BM", at: 0), bytes.hasBytes([0, 0, 0, 0], at: 6) { return .bmp }
    if isNetpbm(bytes) { return .netpbm }
    if isSVG(bytes) { return .svg }
    return nil
  }

  /// HEIC, AVIF and MP4 share a container, whose brands tell them apart.
  private static func baseMedia(_ bytes: [UInt8]) -> ForeignFormat {
    let end = min(bytes.number(at: 0, size: 4, bigEndian: true) ?? 0, bytes.count, 128)
    var brands = [8]
    brands += stride(from: 16, to: max(end, 16), by: 4)
    for offset in brands {
      if bytes.hasText("avif", at: offset) || bytes.hasText("avis", at: offset) { return .avif }
    }
    let heif = ["heic", "heix", "hevc", "hevx", "heim", "heis", "mif1", "msf1"]
    for offset in brands where heif.contains(where: { bytes.hasText($0, at: offset) }) {
      return .heic
    }
    return .video
  }

  private static func isNetpbm(_ bytes: [UInt8]) -> Bool {
    guard bytes.count >= 3, bytes[0] == UInt8(ascii: "P") else { return false }
    let isKind = (UInt8(ascii: "1")...UInt8(ascii: "7")).contains(bytes[1])
    return isKind && [0x0A, 0x0D, 0x20, 0x09].contains(bytes[2])
  }

  /// `<svg` near the start of a text that begins with a tag.
  private static func isSVG(_ bytes: [UInt8]) -> Bool {
    let head = bytes.prefix(1024)
    let first = head.first { ![0x20, 0x09, 0x0A, 0x0D, 0xEF, 0xBB, 0xBF].contains($0) }
    guard first == UInt8(ascii: "<") else { return false }
    let text = Array(head)
    return text.indices.contains { text.hasText("<svg", at: $0) }
  }
}
