import Pictures
import SystemSupport
import TestSupport
import Testing

@Suite("ICC profiles")
struct ImageProfileTests {
  @Test(
    "a profile goes in and out unchanged", arguments: PictureFormat.allCases,
    [132, 400, 3145, 70_000, 200_001])
  func roundTrip(format: PictureFormat, size: Int) throws {
    let profile = MetadataBuilder.profile(size: size)
    for layout in [Picture.Layout.rgb, .rgba] {
      var picture = Picture.waves(width: 12, height: 9, layout: layout)
      picture.iccProfile = profile
      let decoded = try PictureDecoder.decode(PictureEncoder.encode(picture, as: format))
      #expect(decoded.picture.iccProfile == profile)
      #expect(decoded.info.hasICCProfile && decoded.warnings.isEmpty, "\(decoded.warnings)")
    }
  }

  @Test("a gray profile stays with gray", arguments: [PictureFormat.png, .jpeg])
  func gray(format: PictureFormat) throws {
    var picture = Picture.waves(width: 12, height: 9, layout: .gray)
    picture.iccProfile = MetadataBuilder.profile(space: "GRAY")
    let decoded = try PictureDecoder.decode(PictureEncoder.encode(picture, as: format)).picture
    #expect(decoded.iccProfile == picture.iccProfile)
    // This one has no curve.
    #expect(PictureEncoder.losses(of: picture, as: .webp).count == 1)
    #expect(
      try PictureDecoder.decode(PictureEncoder.encode(picture, as: .webp)).picture.iccProfile == nil
    )
  }

  @Test("a profile for other pixels is left out with a warning")
  func mismatch() throws {
    let profile = MetadataBuilder.profile(space: "GRAY")
    let plain = Picture.waves(width: 8, height: 8)
    let header = Array("ICC_PROFILE\0".utf8) + [1, 1]
    let jpeg = JPEGBuilder.inserting(
      JPEGBuilder.segment(0xE2, header + profile), into: try PictureEncoder.encode(plain, as: .jpeg)
    )
    let webp = WebPBuilder.adding(
      icc: profile, to: try PictureEncoder.encode(plain, as: .webp), width: 8, height: 8)
    let png = PNGBuilder.inserting(
      PNGBuilder.chunk("iCCP", Array("x\0\0".utf8) + PNGBuilder.zlib(profile)),
      into: try PictureEncoder.encode(plain, as: .png))
    for bytes in [jpeg, webp, png] {
      let decoded = try PictureDecoder.decode(bytes)
      #expect(decoded.picture.iccProfile == nil)
      #expect(!decoded.info.hasICCProfile)
      #expect(decoded.warnings.count == 1, "\(decoded.warnings)")
    }
  }

  @Test("a CMYK picture's profile is dropped")
  func cmyk() throws {
    let profile = MetadataBuilder.profile(space: "CMYK")
    let jpeg = JPEGBuilder.inserting(
      JPEGBuilder.segment(0xE2, Array("ICC_PROFILE\0".utf8) + [1, 1] + profile),
      into: JPEGBuilder.flat([9, 9, 9, 9], adobeTransform: 0))
    let decoded = try PictureDecoder.decode(jpeg)
    #expect(decoded.picture.iccProfile == nil && decoded.warnings.count == 1)
  }

  @Test("damaged profiles are left out with a warning")
  func damaged() throws {
    let good = MetadataBuilder.profile()
    var wrongSize = good
    wrongSize[3] ^= 1
    var wrongMagic = good
    wrongMagic[36] = 0
    let plain = try PictureEncoder.encode(.waves(width: 8, height: 8), as: .webp)
    var lyingCount = good
    lyingCount[128] = 0xFF
    var lyingTag = good
    lyingTag.replaceSubrange(
      128..<144, with: [0, 0, 0, 1] + Array("wtpt".utf8) + [0, 0, 1, 0] + [0, 0, 1, 0])
    var link = good
    link.replaceSubrange(12..<16, with: Array("link".utf8))
    var noDevice = good
    noDevice.replaceSubrange(20..<24, with: Array("RGB ".utf8))
    var lab = good
    lab.replaceSubrange(16..<20, with: Array("Lab ".utf8))
    let inks = MetadataBuilder.profile(space: "CMYK")
    for profile in [
      wrongSize, wrongMagic, Array(good.prefix(100)), [1], lyingCount, lyingTag, link, noDevice,
      lab,
      inks, MetadataBuilder.profile(size: (4 << 20) + 1),
    ] {
      let webp = WebPBuilder.adding(icc: profile, to: plain, width: 8, height: 8)
      let decoded = try PictureDecoder.decode(webp)
      #expect(decoded.picture.iccProfile == nil && decoded.warnings.count == 1)
    }
  }

  @Test("a JPEG's profile is put together from parts in any order, and only from all of them")
  func parts() throws {
    let profile = MetadataBuilder.profile(size: 1000)
    func part(_ number: UInt8, of count: UInt8, _ range: Range<Int>) -> [UInt8] {
      JPEGBuilder.segment(
        0xE2, Array("ICC_PROFILE\0".utf8) + [number, count] + profile[range])
    }
    let plain = try PictureEncoder.encode(.waves(width: 8, height: 8), as: .jpeg)
    func decode(_ segments: [UInt8]) throws -> DecodedPicture {
      try PictureDecoder.decode(JPEGBuilder.inserting(segments, into: plain))
    }
    let (first, second) = (part(1, of: 2, 0..<600), part(2, of: 2, 600..<1000))
    #expect(try decode(second + first).picture.iccProfile == profile)
    for wrong in [
      first, second, first + first, first + part(2, of: 3, 600..<1000), part(0, of: 0, 0..<600),
      part(3, of: 2, 0..<9),
    ] {
      let decoded = try decode(wrong)
      #expect(decoded.picture.iccProfile == nil && decoded.warnings.count == 1)
    }
  }
}
