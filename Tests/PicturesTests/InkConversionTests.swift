import Pictures
import SystemSupport
import TestSupport
import Testing

@Suite("CMYK JPEGs")
struct InkConversionTests {
  private func jpeg(_ profile: [UInt8]?) -> [UInt8] {
    let flat = JPEGBuilder.flat([200, 100, 50, 128], adobeTransform: 0)
    guard let profile else { return flat }
    return JPEGBuilder.inserting(
      JPEGBuilder.segment(0xE2, Array("ICC_PROFILE\0".utf8) + [1, 1] + profile), into: flat)
  }

  @Test("Without a usable profile the formula converts, and the reason is said")
  func formula() throws {
    let broken = MetadataBuilder.profile(space: "CMYK")
    var link = broken
    link.replaceSubrange(12..<16, with: Array("link".utf8))
    for (profile, words) in [
      (nil, "without a colour profile"), (broken, "cannot be used"), (link, "cannot be used"),
      (MetadataBuilder.profile(), "cannot be used"), (Array(broken.prefix(90)), "cannot be used"),
    ] as [([UInt8]?, String)] {
      let decoded = try PictureDecoder.decode(jpeg(profile))
      #expect(decoded.picture.pixel(0, 0) == [100, 50, 25])
      #expect(decoded.picture.iccProfile == nil)
      // Where Little CMS is missing, that is the reason.
      let isPlain = profile == nil || ColorTransform.load()
      #expect(decoded.warnings.count == 1)
      #expect(!isPlain || decoded.warnings[0].contains(words), "\(decoded.warnings)")
    }
  }

  @Test(
    "The embedded profile converts to sRGB", .enabled(if: ColorTransform.load()))
  func profile() throws {
    // A table that gives, in Lab, white paper and 16 corners: cyan, magenta and yellow take lightness.
    let decoded = try PictureDecoder.decode(jpeg(InkProfile.grayByBlack()))
    #expect(
      decoded.warnings.count == 1 && decoded.warnings[0].contains("through its colour profile"))
    #expect(decoded.picture.iccProfile == nil)
    // Half the black ink: half the lightness, whose gray in sRGB is 118 or 119.
    let pixel = decoded.picture.pixel(4, 4)
    #expect(pixel.allSatisfy { abs($0 - 119) <= 2 }, "\(pixel)")
  }

  @Test("A profile that lies about its counts is not used")
  func lying() throws {
    let good = InkProfile.grayByBlack()
    // The header, the table of tags and the beginning of the first.
    for offset in stride(from: 0, to: 240, by: 4) {
      for value in [0x7F, 0xFF] as [UInt8] {
        var profile = good
        profile[offset] = value
        let decoded = try PictureDecoder.decode(jpeg(profile))
        #expect(decoded.warnings.count == 1)
      }
    }
  }
}

/// A profile of inks.
private enum InkProfile {
  /// Black alone counts: it takes lightness from 100 to 0.
  static func grayByBlack() -> [UInt8] {
    // lut8: 4 inks, 3 channels of Lab, 2 points a side, straight curves.
    var table = Array("mft1".utf8) + [0, 0, 0, 0, 4, 3, 2, 0]
    let one: [UInt8] = [0, 1, 0, 0]
    let zero: [UInt8] = [0, 0, 0, 0]
    table += one + zero + zero + zero + one + zero + zero + zero + one
    let straight = (0...255).map { UInt8($0) }
    for _ in 0..<4 { table += straight }
    for corner in 0..<16 { table += [corner % 2 == 0 ? 255 : 0, 128, 128] }
    for _ in 0..<3 { table += straight }
    let white =
      Array("XYZ ".utf8) + zero + [0, 0, 0xF6, 0xD6, 0, 1, 0, 0, 0, 0, 0xD3, 0x2D] as [UInt8]
    let start = 128 + 4 + 3 * 12
    func entry(_ name: String, _ offset: Int, _ size: Int) -> [UInt8] {
      Array(name.utf8) + PNGBuilder.bigEndian(offset) + PNGBuilder.bigEndian(size)
    }
    while table.count % 4 != 0 { table.append(0) }
    let tags =
      PNGBuilder.bigEndian(3) + entry("A2B0", start, table.count)
      + entry("A2B1", start, table.count) + entry("wtpt", start + table.count, white.count)
    var profile = MetadataBuilder.profile(space: "CMYK", size: start + table.count + white.count)
    profile.replaceSubrange(12..<16, with: Array("prtr".utf8))
    profile.replaceSubrange(20..<24, with: Array("Lab ".utf8))
    profile.replaceSubrange(128..., with: tags + table + white)
    return profile
  }
}
