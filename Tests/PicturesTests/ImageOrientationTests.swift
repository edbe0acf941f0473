import Pictures
import SystemSupport
import TestSupport
import Testing

@Suite("EXIF orientation")
struct ImageOrientationTests {
  /// Where the pixel seen at (x, y) is stored, in EXIF's words: what row 0 and column 0 are.
  private static func stored(
    _ x: Int, _ y: Int, width: Int, height: Int, orientation: Int
  ) -> (Int, Int) {
    switch orientation {
    case 2: (width - 1 - x, y)
    case 3: (width - 1 - x, height - 1 - y)
    case 4: (x, height - 1 - y)
    case 5: (y, x)
    case 6: (y, width - 1 - x)
    case 7: (height - 1 - y, width - 1 - x)
    case 8: (height - 1 - y, x)
    default: (x, y)
    }
  }

  /// The picture as a camera held that way would store it.
  private static func turned(_ upright: Picture, orientation: Int) -> Picture {
    let (width, height) =
      orientation >= 5 ? (upright.height, upright.width) : (upright.width, upright.height)
    let size = upright.layout.rawValue * upright.depth.byteCount
    var bytes = [UInt8](repeating: 0, count: upright.bytes.count)
    for y in 0..<upright.height {
      for x in 0..<upright.width {
        let (column, row) = stored(
          x, y, width: upright.width, height: upright.height, orientation: orientation)
        for byte in 0..<size {
          bytes[(row * width + column) * size + byte] =
            upright.bytes[(y * upright.width + x) * size + byte]
        }
      }
    }
    return Picture(
      width: width, height: height, layout: upright.layout, depth: upright.depth, bytes: bytes)
  }

  @Test("every layout and depth is turned upright", arguments: 1...8)
  func pixels(orientation: Int) throws {
    let turn = try #require(Orientation(rawValue: orientation))
    for layout in Picture.Layout.allCases {
      for depth in Picture.Depth.allCases {
        for (width, height) in [(1, 1), (5, 3), (3, 5), (150, 70), (64, 129)] {
          let upright = Picture.noise(width: width, height: height, layout: layout, depth: depth)
          #expect(Self.turned(upright, orientation: orientation).oriented(turn) == upright)
        }
      }
    }
  }

  @Test("the three formats agree with the upright picture", arguments: 1...8, [true, false])
  func formats(orientation: Int, isLandscape: Bool) throws {
    let (width, height) = isLandscape ? (48, 32) : (32, 48)
    let upright = Picture.waves(width: width, height: height, noise: 0)
    let stored = Self.turned(upright, orientation: orientation)
    for withPrefix in [true, false] {
      let exif = MetadataBuilder.exif(
        orientation: orientation, bigEndian: withPrefix != isLandscape, withPrefix: withPrefix)
      let png = PNGBuilder.inserting(
        PNGBuilder.chunk("eXIf", exif), into: try PictureEncoder.encode(stored, as: .png))
      let webp = WebPBuilder.adding(
        exif: exif,
        to: try PictureEncoder.encode(stored, as: .webp, options: EncodingOptions(lossless: true)),
        width: stored.width, height: stored.height)
      for bytes in [png, webp] {
        let decoded = try PictureDecoder.decode(bytes)
        #expect(decoded.picture == upright)
        #expect(decoded.info.orientation == orientation)
        #expect(decoded.info.width == stored.width && decoded.info.displayWidth == width)
        #expect(decoded.warnings.isEmpty)
      }
      // A JPEG's EXIF always has the prefix.
      guard withPrefix else { continue }
      let jpeg = JPEGBuilder.inserting(
        JPEGBuilder.segment(0xE1, exif), into: try PictureEncoder.encode(stored, as: .jpeg))
      let decoded = try PictureDecoder.decode(jpeg)
      #expect(decoded.info.orientation == orientation)
      let difference = PictureDifference(decoded.picture, upright)
      #expect(difference.psnr > 40, "\(difference.psnr) dB")
    }
  }

  @Test("EXIF behind a PNG's pixels counts, and the first of a JPEG's segments wins")
  func positions() throws {
    let picture = Picture.waves(width: 6, height: 4)
    let six = MetadataBuilder.exif(orientation: 6, withPrefix: true)
    let three = MetadataBuilder.exif(orientation: 3, withPrefix: true)
    let png = try PictureEncoder.encode(picture, as: .png)
    let late = Array(png.dropLast(12)) + PNGBuilder.chunk("eXIf", six) + png.suffix(12)
    #expect(try PictureDecoder.decode(late).info.orientation == 6)
    let xmp = JPEGBuilder.segment(0xE1, Array("http://ns.adobe.com/xap/1.0/\0<x/>".utf8))
    let jpeg = JPEGBuilder.inserting(
      xmp + JPEGBuilder.segment(0xE1, six) + JPEGBuilder.segment(0xE1, three),
      into: try PictureEncoder.encode(picture, as: .jpeg))
    #expect(try PictureDecoder.decode(jpeg).info.orientation == 6)
  }

  @Test("what makes no sense leaves the picture as it is", arguments: [0, 9, 255, 65535])
  func values(orientation: Int) {
    let exif = MetadataBuilder.exif(orientation: orientation, withPrefix: true)
    #expect(Self.orientation(in: exif) == .upright)
  }

  /// What libexif reads.
  private static func orientation(in exif: [UInt8]) -> Orientation {
    EXIFBlock(exif)?.orientation ?? .upright
  }

  @Test("a whole number of any type is an orientation, if it is one", arguments: [true, false])
  func types(bigEndian: Bool) {
    for (type, size) in [(1, 1), (3, 2), (4, 4), (6, 1), (8, 2), (9, 4)] {
      let exif = MetadataBuilder.exif(
        orientation: 6, bigEndian: bigEndian, type: type, size: size, withPrefix: false)
      #expect(Self.orientation(in: exif).rawValue == 6, "type \(type)")
    }
    #expect(
      Self.orientation(in: MetadataBuilder.exif(orientation: 6, count: 2, withPrefix: false))
        == .upright)
    #expect(
      Self.orientation(in: MetadataBuilder.exif(orientation: 6, withPrefix: false)).rawValue == 6)
  }

  @Test("offsets and counts that lie are survived")
  func lies() {
    let good = MetadataBuilder.exif(orientation: 6, withPrefix: false)
    for length in 0..<good.count {
      _ = Self.orientation(in: Array(good.prefix(length)))
    }
    for offset in [0, 1, 7, 0x7FFF_FFFF, 0xFFFF_FFFF, good.count - 1, good.count] {
      var exif = good
      exif.replaceSubrange(4..<8, with: PNGBuilder.bigEndian(offset).reversed())
      #expect(Self.orientation(in: exif) == .upright)
    }
    // More entries than there are, the sought one among them.
    var crowded = good
    crowded.replaceSubrange(8..<10, with: [0xFF, 0xFF])
    #expect(Self.orientation(in: crowded).rawValue == 6)
    // A directory whose next one is itself is read once.
    var loop = good
    loop.replaceSubrange(loop.count - 4..<loop.count, with: [8, 0, 0, 0])
    #expect(Self.orientation(in: loop).rawValue == 6)
    var random = SeededRandom(seed: 5)
    for _ in 0..<5000 {
      var exif = good
      for _ in 0..<3 {
        exif[Int.random(in: exif.indices, using: &random)] = UInt8.random(
          in: 0...255, using: &random)
      }
      _ = Self.orientation(in: exif)
    }
  }
}
