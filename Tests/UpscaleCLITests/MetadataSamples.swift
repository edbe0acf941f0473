import TestSupport
import Upscale

/// Small pictures with all the metadata that cameras and programs write.
enum MetadataSamples {
  static let size = (width: 40, height: 24)

  /// Four quarters: red and green above, blue and white below.
  static let upright: Picture = {
    var bytes: [UInt8] = []
    for y in 0..<size.height {
      for x in 0..<size.width {
        let colors: [[UInt8]] = [[220, 30, 30], [30, 200, 30], [30, 30, 220], [240, 240, 240]]
        bytes += colors[(y < size.height / 2 ? 0 : 2) + (x < size.width / 2 ? 0 : 1)]
      }
    }
    return Picture(width: size.width, height: size.height, layout: .rgb, bytes: bytes)
  }()

  /// The picture as a camera that was held otherwise stores it.
  static func stored(_ orientation: Int) -> Picture {
    let inverse = [6: 8, 8: 6][orientation] ?? orientation
    return upright.oriented(Orientation(rawValue: inverse) ?? .upright)
  }

  static func xmp(orientation: Int, _ properties: String = "") -> [UInt8] {
    Array(
      """
      <?xpacket begin="\u{FEFF}" id="W5M0MpCehiHzreSzNTczkc9d"?>
      <x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
      <rdf:Description rdf:about="" xmlns:tiff="http://ns.adobe.com/tiff/1.0/"
        xmlns:exif="http://ns.adobe.com/exif/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/"
        tiff:Orientation="\(orientation)" exif:PixelXDimension='7'>
      <exif:PixelYDimension>9</exif:PixelYDimension>
      <dc:title><rdf:Alt><rdf:li xml:lang="x-default">Harbour</rdf:li></rdf:Alt></dc:title>\(properties)
      </rdf:Description></rdf:RDF></x:xmpmeta>
      <?xpacket end="w"?>
      """.utf8)
  }

  /// One resource with the city (2:90) in IPTC.
  static let resources: [UInt8] = {
    let iptc: [UInt8] = [0x1C, 2, 90, 0, 6] + Array("Lisbon".utf8)
    return Array("8BIM".utf8) + [4, 4, 0, 0] + PNGBuilder.bigEndian(iptc.count) + iptc + [0]
  }()

  /// A file of a format that has all of it: EXIF, XMP, IPTC, density, and texts or comments, as the format has
  /// them.
  static func file(
    _ format: PictureFormat, orientation: Int, bigEndian: Bool = false, type: Int = 3
  ) throws -> [UInt8] {
    let picture = stored(orientation)
    let exif = EXIFBuilder.rich(
      orientation: orientation, bigEndian: bigEndian, type: type,
      size: (picture.width, picture.height))
    let xmp = xmp(orientation: orientation)
    let plain = try PictureEncoder.encode(
      picture, as: format, options: EncodingOptions(lossless: format == .webp))
    switch format {
    case .jpeg:
      var file = JPEGBuilder.inserting(
        JPEGBuilder.segment(0xE1, Array("http://ns.adobe.com/xap/1.0/\0".utf8) + xmp)
          + JPEGBuilder.segment(0xE1, Array("Exif\0\0".utf8) + exif)
          + JPEGBuilder.segment(0xED, Array("Photoshop 3.0\0".utf8) + resources)
          + JPEGBuilder.segment(0xFE, Array("Made by hand".utf8)), into: plain)
      if let jfif = file.firstRange(of: Array("JFIF\0".utf8)) {
        file.replaceSubrange(jfif.upperBound + 2..<jfif.upperBound + 7, with: [1, 1, 44, 1, 44])
      }
      return file
    case .png:
      let digits = resources.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
      let profile = Array("\niptc\n      \(resources.count)\n\(digits)\n".utf8)
      return PNGBuilder.inserting(
        PNGBuilder.chunk("eXIf", exif)
          + PNGBuilder.chunk(
            "pHYs", PNGBuilder.bigEndian(11811) + PNGBuilder.bigEndian(11811) + [1])
          + PNGBuilder.chunk("tEXt", Array("Author\0Ana".utf8))
          + PNGBuilder.chunk(
            "zTXt", Array("parameters\0\0".utf8) + PNGBuilder.zlib(Array("a cat, Steps: 20".utf8)))
          + PNGBuilder.chunk(
            "zTXt", Array("Raw profile type iptc\0\0".utf8) + PNGBuilder.zlib(profile))
          + PNGBuilder.chunk("iTXt", Array("XML:com.adobe.xmp\0\0\0\0\0".utf8) + xmp), into: plain)
    case .webp:
      return WebPBuilder.adding(
        exif: exif, xmp: xmp, to: plain, width: picture.width, height: picture.height)
    }
  }
}
