import Foundation
import SystemSupport
import TestSupport
import Testing

@testable import Pictures

/// Files that hold more than the one picture that is read: this is said, and nothing else of them is trusted.
@Suite("Several frames") struct SeveralFramesTests {
  private static let picture = Picture.waves(width: 8, height: 8)

  private static func frame(_ number: Int, width: Int = 8, height: Int = 8, x: Int = 0) -> [UInt8] {
    PNGBuilder.chunk(
      "fcTL",
      [number, width, height, x, 0].flatMap { PNGBuilder.bigEndian($0) } + [0, 1, 0, 10, 0, 0])
  }

  private static func header(_ frames: Int) -> [UInt8] {
    PNGBuilder.chunk("acTL", PNGBuilder.bigEndian(frames) + PNGBuilder.bigEndian(0))
  }

  /// The picture with chunks before and behind its pixels.
  private static func png(before: [UInt8] = [], after: [UInt8] = []) throws -> [UInt8] {
    let still = try PictureEncoder.encode(picture, as: .png)
    return Array(still[..<33]) + before + still[33..<still.count - 12] + after + still.suffix(12)
  }

  private static let data = PNGBuilder.chunk("fdAT", PNGBuilder.bigEndian(9) + [1, 2, 3])

  struct APNG: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let before: [UInt8]
    let after: [UInt8]
    let frames: Int
  }

  @Test(
    "an APNG gives its first frame and says so, whatever its chunks claim",
    arguments: [
      APNG(
        testDescription: "two frames", before: header(2) + frame(0), after: frame(1) + data,
        frames: 2),
      APNG(
        testDescription: "a still before the frames", before: header(1), after: frame(0) + data,
        frames: 2),
      APNG(testDescription: "one frame", before: header(1) + frame(0), after: [], frames: 1),
      APNG(testDescription: "no frames", before: header(5), after: [], frames: 1),
      APNG(
        testDescription: "four billion that are not there", before: header(0xFFFF_FFFF) + frame(0),
        after: [], frames: 1),
      APNG(
        testDescription: "none that are there", before: header(0) + frame(0),
        after: frame(1) + data + frame(3) + data, frames: 3),
      APNG(
        testDescription: "a header that is too short",
        before: PNGBuilder.chunk("acTL", [0, 0]) + frame(0),
        after: frame(1) + data, frames: 1),
      APNG(
        testDescription: "a header behind the picture", before: [],
        after: header(2) + frame(1) + data,
        frames: 1),
      APNG(
        testDescription: "numbers out of order, two for the picture",
        before: header(2) + frame(7) + frame(2), after: frame(0) + data, frames: 2),
      APNG(
        testDescription: "a first frame beside the canvas",
        before: header(2) + frame(0, width: 3, height: 900, x: 5000), after: frame(1) + data,
        frames: 2),
      APNG(
        testDescription: "a frame without its rest", before: header(2) + frame(0),
        after: PNGBuilder.chunk("fcTL", [1, 2]) + PNGBuilder.chunk("fdAT"), frames: 2),
    ])
  func apng(_ file: APNG) throws {
    let decoded = try PictureDecoder.decode(Self.png(before: file.before, after: file.after))
    #expect(decoded.picture == Self.picture && decoded.damage == nil)
    #expect(decoded.info.frameCount == file.frames)
    #expect(decoded.warnings.contains { $0.contains("only its first frame") } == (file.frames > 1))
    #expect(decoded.warnings.count == (file.frames > 1 ? 1 : 0))
  }

  @Test("the first frame of a WebP lies on its canvas, which is transparent around it")
  func smallFrame() throws {
    let frame = Picture.waves(width: 6, height: 4)
    let simple = try PictureEncoder.encode(
      frame, as: .webp, options: EncodingOptions(lossless: true))
    let file = WebPBuilder.animation(
      canvas: (12, 10), frame: simple, at: (4, 2), size: (6, 4), count: 2)
    let decoded = try PictureDecoder.decode(file)
    #expect((decoded.picture.width, decoded.picture.height) == (12, 10))
    for y in 0..<10 {
      for x in 0..<12 {
        let isInside = (4..<10).contains(x) && (2..<6).contains(y)
        #expect(
          decoded.picture.pixel(x, y)
            == (isInside ? frame.pixel(x - 4, y - 2) + [255] : [0, 0, 0, 0])
        )
      }
    }
    #expect(decoded.warnings == ["the WebP is an animation: only its first frame is read"])
  }

  @Test("a WebP that is cut behind its first frame, or its picture, is read and says so")
  func cutWebP() throws {
    let frame = Picture.noise(width: 16, height: 12)
    let simple = try PictureEncoder.encode(
      frame, as: .webp, options: EncodingOptions(lossless: true))
    let animation = WebPBuilder.animation(canvas: (16, 12), frame: simple, size: (16, 12), count: 3)
    let whole = try PictureDecoder.decode(animation).picture
    for cut in [1, 2, 100, simple.count, simple.count + 40] {
      let decoded = try PictureDecoder.decode(Array(animation.dropLast(cut)))
      #expect(decoded.picture == whole && decoded.damage == nil, "\(cut)")
      #expect(
        !decoded.warnings.isEmpty && decoded.warnings.contains { $0.contains("end marker") })
    }
    #expect(refusal(of: Array(animation.prefix(simple.count / 2)))?.cause == .unusablePicture)
    let exif = MetadataBuilder.exif(orientation: 1, withPrefix: false)
    let still = WebPBuilder.adding(exif: exif, to: simple, width: 16, height: 12)
    for cut in [1, 5, exif.count, exif.count + 4] {
      let decoded = try PictureDecoder.decode(Array(still.dropLast(cut)))
      #expect(decoded.picture.bytes == frame.bytes && decoded.damage == nil, "\(cut)")
      #expect(decoded.warnings.contains { $0.contains("end marker") }, "\(cut)")
    }
    #expect(refusal(of: Array(still.dropLast(exif.count + 30)))?.cause == .unusablePicture)
    // The container claims more than there ever was.
    var claiming = simple
    claiming[5] &+= 1
    #expect(try PictureDecoder.decode(claiming).picture.bytes == frame.bytes)
  }

  private func jpegs(_ kind: Int, text: String = "", isBig: Bool = false, count: Int = 2) throws
    -> [UInt8]
  {
    let first = try PictureEncoder.encode(Self.picture, as: .jpeg)
    let second = JPEGBuilder.inserting(JPEGBuilder.segment(0xE1, Array(text.utf8)), into: first)
    func number(_ value: Int, _ size: Int) -> [UInt8] {
      let big = PNGBuilder.bigEndian(value).suffix(size)
      return isBig ? Array(big) : big.reversed()
    }
    let entries = 16 * count
    // The directory begins behind FF D8, FF E2, the length and "MPF\0"; so the first picture's end is known.
    let size = first.count + 4 + 4 + 8 + 2 + 12 + 4 + entries
    var index = Array("MPF\0".utf8) + Array((isBig ? "MM" : "II").utf8) + number(42, 2)
    index += number(8, 4) + number(1, 2) + number(0xB002, 2) + number(7, 2) + number(entries, 4)
    index += number(26, 4) + number(0, 4)
    index += number(0x2003_0000, 4) + number(size, 4) + number(0, 4) + number(0, 4)
    for _ in 1..<count {
      index += number(kind, 4) + number(second.count, 4) + number(size - 10, 4) + number(0, 4)
    }
    return JPEGBuilder.inserting(JPEGBuilder.segment(0xE2, index), into: first) + second
  }

  private static func index(_ file: [UInt8]) -> MultiPictureIndex? {
    MultiPictureIndex(file, JPEGSegments(file))
  }

  @Test("a JPEG of several pictures gives the first and says so; previews and gain maps are none")
  func multiPicture() throws {
    for isBig in [false, true] {
      let stereo = try PictureDecoder.decode(jpegs(0x02_0002, isBig: isBig))
      #expect(stereo.info.pictureCount == 2 && stereo.info.frameCount == 1)
      #expect(stereo.warnings == ["the file holds 2 pictures: only the first is read"])
    }
    #expect(try PictureDecoder.decode(jpegs(0)).info.pictureCount == 2)
    #expect(try PictureDecoder.decode(jpegs(0, count: 900)).info.pictureCount == 900)
    for (kind, text) in [(0x01_0001, ""), (0x01_0002, ""), (0, "x hdrgm:Version=1")] {
      let decoded = try PictureDecoder.decode(jpegs(kind, text: text))
      #expect(decoded.info.pictureCount == 1 && decoded.warnings.isEmpty, "\(kind)")
    }
    // An index that leads nowhere, cut anywhere, or changed anywhere: never a crash.
    let file = try jpegs(0x02_0002)
    let end = 2 + 4 + 82
    for cut in 2..<end { _ = Self.index(Array(file.prefix(cut))) }
    for position in 2..<end {
      for value in [0, 0x7F, 0xFF] as [UInt8] {
        var changed = file
        changed[position] = value
        #expect(Self.index(changed)?.pictureCount ?? 1 <= 2)
      }
    }
  }
}
