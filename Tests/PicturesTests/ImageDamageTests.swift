import Foundation
import Pictures
import SystemSupport
import TestSupport
import Testing

/// Damaged pictures are reported as such, and undamaged ones are not.
@Suite("Pictures that are not whole")
struct ImageDamageTests {
  private static func fixture(_ name: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: URL(filePath: Checkout.path("Tests/Fixtures/" + name))))
  }

  /// Where a JPEG's entropy-coded data begin: behind its first SOS.
  private static func scanStart(_ jpeg: [UInt8]) throws -> Int {
    let marker = try #require(jpeg.indices.first { jpeg[$0] == 0xFF && jpeg[$0 + 1] == 0xDA })
    return marker + 2 + Int(jpeg[marker + 2]) << 8 + Int(jpeg[marker + 3])
  }

  // MARK: JPEG

  @Test("a JPEG cut anywhere: the rows above the part that is said to be missing are right")
  func cutJPEG() throws {
    let bytes = try Self.fixture("cat.jpg")
    let whole = try PictureDecoder.decode(bytes).picture
    let start = try Self.scanStart(bytes)
    var last = 1.0
    for cut in stride(from: start + 1, to: bytes.count - 2, by: 157) {
      let decoded = try PictureDecoder.decode(Array(bytes[..<cut]))
      let damage = try #require(decoded.damage, "cut at \(cut)")
      #expect(damage.missingShare > 0 && damage.missingSide == .bottom && !damage.isAltered)
      #expect(damage.missingShare <= last, "cut at \(cut)")
      last = damage.missingShare
      // A row of chroma is spread over its neighbours.
      let rows = whole.height - Int((damage.missingShare * Double(whole.height)).rounded()) - 1
      let size = max(0, rows) * whole.width * 3
      #expect(decoded.picture.bytes.prefix(size) == whole.bytes.prefix(size), "cut at \(cut)")
      #expect(decoded.picture.bytes != whole.bytes, "cut at \(cut)")
    }
    #expect(last < 0.2)
  }

  @Test("a JPEG that lacks its end marker alone is whole")
  func noEnd() throws {
    for name in ["cat.jpg", "cat-progressive.jpg"] {
      let bytes = try Self.fixture(name)
      let decoded = try PictureDecoder.decode(Array(bytes.dropLast(2)))
      #expect(decoded.damage == nil && decoded.warnings.isEmpty, "\(name)")
      #expect(decoded.picture == (try PictureDecoder.decode(bytes).picture), "\(name)")
    }
  }

  @Test("a progressive JPEG cut anywhere is whole, or named with what it lacks")
  func cutProgressive() throws {
    let bytes = try Self.fixture("cat-progressive.jpg")
    let whole = try PictureDecoder.decode(bytes)
    #expect(whole.damage == nil)
    let start = try Self.scanStart(bytes)
    var kinds: Set<String> = []
    for cut in start..<bytes.count {
      let decoded = try PictureDecoder.decode(Array(bytes[..<cut]))
      if let damage = decoded.damage {
        #expect(!damage.isAltered && (damage.missingShare > 0 || damage.lacksDetail), "\(cut)")
        kinds.insert(damage.missingShare > 0 ? "rows" : "detail")
      } else {
        #expect(decoded.picture == whole.picture, "cut at \(cut)")
        kinds.insert("whole")
      }
    }
    #expect(kinds == ["rows", "detail", "whole"])
  }

  @Test("what harms no pixel of a JPEG alarms nobody")
  func harmless() throws {
    let bytes = try Self.fixture("cat.jpg")
    let picture = try PictureDecoder.decode(bytes).picture
    let start = try Self.scanStart(bytes)
    var phone = bytes
    // Very many phones write these parameters of a scan.
    phone.replaceSubrange(start - 3..<start, with: [0, 0, 0])
    var version = bytes
    let jfif = try #require(bytes.indices.first { bytes[$0...].starts(with: Array("JFIF".utf8)) })
    version[jfif + 5] = 9
    let comment = JPEGBuilder.segment(0xFE, [1, 2])
    for (name, odd) in [
      ("phone", phone), ("version", version),
      ("stray bytes", JPEGBuilder.inserting(comment + [0, 1, 2, 3], into: bytes)),
      ("fill bytes", JPEGBuilder.inserting([0xFF, 0xFF] + comment, into: bytes)),
      ("bytes behind the end", bytes + [1, 2, 3, 0xFF, 0xD8]),
    ] {
      let decoded = try PictureDecoder.decode(odd)
      #expect(decoded.damage == nil && decoded.warnings.isEmpty, "\(name)")
      #expect(decoded.picture.bytes == picture.bytes, "\(name)")
    }
  }

  @Test("damage within a JPEG is told")
  func altered() throws {
    let bytes = try Self.fixture("cat.jpg")
    let middle = (try Self.scanStart(bytes) + bytes.count) / 2
    // A marker in the middle ends the data.
    var marker = bytes
    marker.replaceSubrange(middle..<middle + 2, with: [0xFF, 0xD9])
    let share = try #require(try PictureDecoder.decode(marker).damage).missingShare
    #expect((0.3...0.7).contains(share), "\(share)")
    // Bytes that are left over before the tables of the next scan, more than the decoder reads ahead.
    let scans = try Self.fixture("cat-progressive.jpg")
    let start = try Self.scanStart(scans)
    let tables = try #require(
      scans.indices[start...].first { scans[$0] == 0xFF && scans[$0 + 1] == 0xC4 })
    let damage = try PictureDecoder.decode(
      Array(scans[..<tables]) + Array(1...40) + scans[tables...]
    ).damage
    #expect(damage == PictureDamage(isAltered: true), "\(String(describing: damage))")
    #expect(damage?.sentence.contains("may be wrong") == true)
  }

  @Test("the missing part is named as it is seen", arguments: 1...8)
  func sides(orientation: Int) throws {
    let exif = JPEGBuilder.segment(
      0xE1, MetadataBuilder.exif(orientation: orientation, withPrefix: true))
    let bytes = JPEGBuilder.inserting(exif, into: try Self.fixture("cat.jpg"))
    let whole = try PictureDecoder.decode(bytes).picture
    let decoded = try PictureDecoder.decode(Array(bytes[..<(bytes.count * 2 / 3)]))
    let damage = try #require(decoded.damage)
    // The middle of each side: that of the missing part is not as it was.
    let (width, height) = (whole.width, whole.height)
    let places: [(PictureDamage.Side, Int, Int)] = [
      (.top, width / 2, 2), (.bottom, width / 2, height - 3), (.left, 2, height / 2),
      (.right, width - 3, height / 2),
    ]
    for (side, x, y) in places where decoded.picture.pixel(x, y) != whole.pixel(x, y) {
      #expect(side == damage.missingSide)
    }
    #expect(places.contains { decoded.picture.pixel($0.1, $0.2) != whole.pixel($0.1, $0.2) })
  }

  @Test("what is missing is said in words")
  func sentences() {
    func sentence(_ share: Double, _ side: PictureDamage.Side = .bottom) -> String {
      PictureDamage(missingShare: share, missingSide: side).sentence
    }
    #expect(
      sentence(0.34)
        == "the file ends early: the lower 34 % of the picture is missing and filled in with gray")
    #expect(sentence(0.001, .left).contains("the left 1 % of the picture is"))
    #expect(sentence(0.999).contains("the lower 99 %"))
    #expect(sentence(1).contains("nearly all of the picture is missing"))
    #expect(PictureDamage(lacksDetail: true).sentence.contains("finer detail"))
  }

  // MARK: PNG

  @Test("a PNG that has every pixel and no end is read", arguments: [0, 1])
  func pngWithoutEnd(interlace: Int) throws {
    let raw = (0..<200).map { UInt8($0 % 25 == 0 ? 0 : $0) }
    // In one pass of Adam7 as many filter bytes more as there are passes' rows.
    let rows = interlace == 0 ? raw : [UInt8](repeating: 0, count: 8 * 8 * 3 + 15)
    let text = PNGBuilder.chunk("tEXt", Array("Comment\0as it was".utf8))
    let bytes = PNGBuilder.file(
      header: PNGBuilder.header(8, 8, interlace: interlace), raw: rows, after: text)
    let whole = try PictureDecoder.decode(bytes)
    #expect(whole.warnings.isEmpty)
    // The end marker, the text, the checksum of the pixels' chunk, and that of their compression.
    for cut in 1...(12 + text.count + 8) {
      let decoded = try PictureDecoder.decode(Array(bytes.dropLast(cut)))
      #expect(decoded.picture == whole.picture && decoded.damage == nil, "\(cut)")
      #expect(decoded.warnings.count == 1 && decoded.warnings[0].contains("end marker"), "\(cut)")
    }
    for cut in [12 + text.count + 9, 12 + text.count + 60] {
      #expect(refusal(of: Array(bytes.dropLast(cut)))?.cause == .unusablePicture, "\(cut)")
    }
  }

  /// A chunk whose checksum is wrong.
  private static func flawed(_ name: String, _ data: [UInt8]) -> [UInt8] {
    var chunk = PNGBuilder.chunk(name, data)
    chunk[chunk.count - 1] ^= 1
    return chunk
  }

  @Test(
    "a flaw in a chunk without pixels alarms nobody",
    arguments: ["tEXt", "zTXt", "iTXt", "pHYs", "tIME", "eXIf", "bKGD", "abCd"])
  func ancillary(name: String) throws {
    let picture = Picture.waves(width: 8, height: 8)
    let data = [UInt8](repeating: 1, count: 9)
    let png = PNGBuilder.inserting(
      Self.flawed(name, data), into: try PictureEncoder.encode(picture, as: .png))
    let decoded = try PictureDecoder.decode(png)
    #expect(decoded.picture == picture && decoded.damage == nil)
    // Texts and EXIF would have gone into the output.
    let isKept = name == "eXIf" || name.hasSuffix("Xt")
    #expect(decoded.warnings.count == (isKept ? 1 : 0), "\(decoded.warnings)")
  }

  @Test("what is said of a PNG's profile is what is done with it")
  func profile() throws {
    let plain = try PictureEncoder.encode(.waves(width: 8, height: 8), as: .png)
    let name = Array("x\0\0".utf8)
    let packed = PNGBuilder.zlib(MetadataBuilder.profile(size: 600))
    // Behind the heads of zlib's stream and its block: the profile's own signature.
    var broken = packed
    broken[7 + 36] ^= 1
    for (data, isKept) in [(packed, true), (broken, false), (Array(packed.prefix(99)), false)] {
      let decoded = try PictureDecoder.decode(
        PNGBuilder.inserting(Self.flawed("iCCP", name + data), into: plain))
      #expect((decoded.picture.iccProfile != nil) == isKept)
      #expect(decoded.info.hasICCProfile == isKept && decoded.damage == nil)
      #expect(decoded.warnings.count == 1, "\(decoded.warnings)")
      let warning = decoded.warnings.first ?? ""
      #expect(warning.contains(isKept ? "was kept" : "was left out"), "\(warning)")
    }
  }

  @Test("a flaw in a PNG's pixels is told, or refused")
  func pixels() throws {
    let palette = PNGBuilder.chunk("PLTE", [1, 2, 3, 4, 5, 6])
    let raw: [UInt8] = [0, 0, 1, 0, 1]
    let header = PNGBuilder.header(4, 1, depth: 8, colour: 3)
    let decoded = try PictureDecoder.decode(
      PNGBuilder.file(header: header, raw: raw, before: palette + Self.flawed("tRNS", [7])))
    #expect(decoded.damage?.isAltered == true)
    for chunks in [
      palette + Self.flawed("IDAT", PNGBuilder.zlib(raw)),
      Self.flawed("PLTE", [1, 2, 3, 4, 5, 6]) + PNGBuilder.chunk("IDAT", PNGBuilder.zlib(raw)),
    ] {
      let file = PNGBuilder.file(header, chunks, PNGBuilder.chunk("IEND"))
      #expect(refusal(of: file)?.cause == .unusablePicture)
    }
  }
}
