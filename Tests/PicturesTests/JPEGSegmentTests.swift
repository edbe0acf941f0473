import Pictures
import SystemSupport
import TestSupport
import Testing

@Suite("Segments of a JPEG")
struct JPEGSegmentTests {
  private static let exif = JPEGBuilder.segment(
    0xE1, MetadataBuilder.exif(orientation: 6, withPrefix: true))
  private static let profile = MetadataBuilder.profile(size: 488)
  private static let icc = JPEGBuilder.segment(
    0xE2, Array("ICC_PROFILE\0".utf8) + [1, 1] + profile)

  @Test(
    "what lies between segments does not hide those behind it",
    arguments: [
      [], [0], [0x12, 0x34, 0x56], [0xFF, 0xFF, 0xFF], [0xFF, 0x00, 0x17], [0x41, 0xFF, 0xFF],
    ] as [[UInt8]])
  func strayBytes(between: [UInt8]) throws {
    let plain = try PictureEncoder.encode(.waves(width: 24, height: 16), as: .jpeg)
    // Behind the first segment, since the decoder demands a marker right at the start.
    let first = JPEGBuilder.segment(0xFE, Array("x".utf8))
    let bytes = JPEGBuilder.inserting(first + between + Self.exif + between + Self.icc, into: plain)
    let decoded = try PictureDecoder.decode(bytes)
    #expect(decoded.picture.width == 16 && decoded.info.orientation == 6)
    #expect(decoded.picture.iccProfile == Self.profile)
    #expect(decoded.damage == nil)
  }

  @Test("segments may stand in any order, behind the tables too")
  func order() throws {
    let plain = try PictureEncoder.encode(.waves(width: 24, height: 16), as: .jpeg)
    let scan = try #require(
      plain.indices.first { plain[$0] == 0xFF && plain[min($0 + 1, plain.count - 1)] == 0xDA })
    let bytes = Array(plain[..<scan]) + Self.icc + Self.exif + plain[scan...]
    let decoded = try PictureDecoder.decode(bytes)
    #expect(decoded.picture.width == 16 && decoded.picture.iccProfile == Self.profile)
  }

  @Test("a file of nothing but segments takes no memory for them")
  func crowd() {
    let comment = JPEGBuilder.segment(0xFE, [])
    let bytes: [UInt8] = [0xFF, 0xD8] + [[UInt8]](repeating: comment, count: 100_000).joined()
    #expect(refusal(of: bytes) != nil)
  }
}
