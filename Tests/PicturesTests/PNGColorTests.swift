import SystemSupport
import TestSupport
import Testing

@testable import Pictures

@Suite("Colour chunks of PNG")
struct PNGColorTests {
  private func png(_ chunks: [UInt8], layout: Picture.Layout = .rgb) throws -> [UInt8] {
    PNGBuilder.inserting(
      chunks, into: try PictureEncoder.encode(.waves(width: 8, height: 8, layout: layout), as: .png)
    )
  }

  private func numbers(_ values: [Int]) -> [UInt8] { values.flatMap { PNGBuilder.bigEndian($0) } }

  private let p3 = [31270, 32900, 68000, 32000, 26500, 69000, 15000, 6000]

  @Test("Chunks go from PNG to PNG as they are")
  func kept() throws {
    let chunks: [(String, [UInt8])] = [
      ("cICP", [9, 16, 0, 1]), ("mDCV", [UInt8](1...24)), ("cLLI", [UInt8](1...8)),
      ("cHRM", numbers(p3)), ("gAMA", numbers([45455])), ("sRGB", [2]),
    ]
    let bytes = try png(chunks.flatMap { PNGBuilder.chunk($0.0, $0.1) })
    let decoded = try PictureDecoder.decode(bytes)
    #expect(decoded.warnings.isEmpty)
    let written = try PictureEncoder.encode(decoded.picture, as: .png)
    for (name, contents) in chunks {
      let chunk = PNGBuilder.chunk(name, contents)
      #expect(written.indices.contains { written[$0...].starts(with: chunk) }, "\(name)")
    }
    #expect(try PictureDecoder.decode(written).picture.color == decoded.picture.color)
  }

  @Test("The order of precedence is that of the PNG specification")
  func precedence() throws {
    func meaning(_ change: (inout ColorDescription) -> Void) -> ColorDescription.Meaning {
      var color = ColorDescription()
      change(&color)
      return color.meaning
    }
    let profile = MetadataBuilder.profile()
    #expect(meaning { _ in } == .unsaid)
    #expect(meaning { $0.png.gamma = 45455 } != .unsaid)
    #expect(
      meaning {
        $0.png.gamma = 100_000
        $0.png.renderingIntent = 0
      } == .srgb)
    #expect(
      meaning {
        $0.png.renderingIntent = 0
        $0.iccProfile = profile
      } == .profile(profile))
    let codePoints = CodePoints(primaries: 12, transfer: 13)
    let points = meaning {
      $0.iccProfile = profile
      $0.png.codePoints = codePoints
    }
    guard case .space("Display P3", _, .srgb) = points else {
      Issue.record("\(points)")
      return
    }
    // "Unspecified" says nothing.
    #expect(
      meaning {
        $0.iccProfile = profile
        $0.png.codePoints = CodePoints(primaries: 2, transfer: 2)
      } == .profile(profile))
  }

  @Test("Other formats get a profile", arguments: [PictureFormat.jpeg, .webp])
  func profiles(format: PictureFormat) throws {
    for (chunks, isNeeded) in [
      (PNGBuilder.chunk("gAMA", numbers([100_000])), true),
      (PNGBuilder.chunk("cICP", [12, 13, 0, 1]), true),
      (PNGBuilder.chunk("cHRM", numbers(p3)), true),
      (PNGBuilder.chunk("cICP", [1, 13, 0, 1]), false), (PNGBuilder.chunk("sRGB", [0]), false),
    ] {
      for layout in [Picture.Layout.rgb, .gray] {
        let picture = try PictureDecoder.decode(png(chunks, layout: layout)).picture
        #expect(PictureEncoder.losses(of: picture, as: format).isEmpty)
        let decoded = try PictureDecoder.decode(PictureEncoder.encode(picture, as: format))
        #expect((decoded.picture.iccProfile != nil) == isNeeded)
        #expect(decoded.warnings.isEmpty, "\(decoded.warnings)")
      }
    }
  }

  @Test("High dynamic range is kept in PNG, and named where it is lost")
  func highDynamicRange() throws {
    for (transfer, name) in [(16, "PQ"), (18, "HLG")] {
      let picture = try PictureDecoder.decode(
        png(PNGBuilder.chunk("cICP", [9, UInt8(transfer), 0, 1]))
      ).picture
      #expect(PictureEncoder.losses(of: picture, as: .png).isEmpty)
      for format in [PictureFormat.jpeg, .webp] {
        #expect(PictureEncoder.losses(of: picture, as: format).contains { $0.contains(name) })
      }
    }
  }

  @Test("Chunks that make no sense are left out with a warning, and the picture is read")
  func malformed() throws {
    var badSum = PNGBuilder.chunk("gAMA", numbers([45455]))
    badSum[badSum.count - 1] ^= 1
    let wrong: [[UInt8]] = [
      badSum, PNGBuilder.chunk("gAMA", numbers([0])), PNGBuilder.chunk("gAMA", [1]),
      PNGBuilder.chunk("gAMA", numbers([0xFFFF_FFFF])),
      PNGBuilder.chunk("cHRM", numbers([0, 0, 0, 0, 0, 0, 0, 0])),
      PNGBuilder.chunk("cHRM", numbers([31270, 32900, 1, 1, 1, 1, 1, 1])),
      PNGBuilder.chunk("cHRM", numbers([31270, 0] + p3[2...])),
      PNGBuilder.chunk("cHRM", numbers([0x7FFF_FFFF, 32900] + p3[2...])),
      PNGBuilder.chunk("cHRM", numbers(p3 + [0])), PNGBuilder.chunk("cHRM"),
      PNGBuilder.chunk("sRGB", [4]), PNGBuilder.chunk("sRGB", [0, 0]),
      PNGBuilder.chunk("cICP", [12, 13, 1, 1]), PNGBuilder.chunk("cICP", [12, 13, 0, 2]),
      PNGBuilder.chunk("cICP", [12, 13, 0]), PNGBuilder.chunk("mDCV", [1]),
      PNGBuilder.chunk("cLLI", [UInt8](repeating: 1, count: 40)),
    ]
    for chunk in wrong {
      let decoded = try PictureDecoder.decode(png(chunk))
      #expect(decoded.warnings.count == 1, "\(decoded.warnings)")
      #expect(decoded.picture.color == ColorDescription())
      #expect(decoded.damage == nil)
    }
  }

  @Test("The file's chunks are also found where it is read from the disk")
  func fromDisk() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(png(PNGBuilder.chunk("gAMA", numbers([55556]))), as: "a.png")
    let reader = try PictureReader(pngAt: path, limits: PictureLimits())
    #expect(reader.color.png.gamma == 55556)
  }

  @Test("Profiles that are made pass our own checks and share their curves")
  func builder() throws {
    let profile = try #require(
      ProfileBuilder.rgb(name: "sRGB", primaries: .srgb, transfer: .srgb))
    #expect(ICCProfile.complaint(about: profile, layout: .rgb) == nil)
    #expect(profile.count < 600)
    // The colorants of sRGB under D50, as every such profile has them.
    let red = try #require(Chromaticities.srgb.colorants?.red)
    #expect(abs(red.x - 0.43607) < 2e-4 && abs(red.y - 0.22249) < 2e-4)
    let gray = ProfileBuilder.gray(name: "g", transfer: .power(2.2))
    #expect(ICCProfile.complaint(about: gray, layout: .gray) == nil)
    let colored = try #require(ICCProfile.colored(gray: gray))
    #expect(ICCProfile.complaint(about: colored, layout: .rgb) == nil)
  }

  @Test("A gray profile becomes one for the colours of a WebP")
  func grayToWebP() throws {
    var picture = Picture.waves(width: 12, height: 9, layout: .gray)
    picture.iccProfile = ProfileBuilder.gray(name: "g", transfer: .power(1.8))
    #expect(PictureEncoder.losses(of: picture, as: .webp).isEmpty)
    let decoded = try PictureDecoder.decode(PictureEncoder.encode(picture, as: .webp))
    #expect(decoded.info.hasICCProfile && decoded.warnings.isEmpty)
  }

  @Test("Conversion to sRGB", .enabled(if: ColorTransform.load()))
  func srgb() throws {
    // Gray of 16 bits, linear: 0.2140 is 0.5 in sRGB.
    var linear = Picture(
      width: 1, height: 1, layout: .gray, depth: .sixteen, bytes: [0xCD, 0x36])
    linear.pngColor.gamma = 100_000
    let gray = try converted(PictureEncoder.encode(linear, as: .png))
    #expect(abs(gray.picture.pixel(0, 0)[0] - 32768) < 260, "\(gray.picture.pixel(0, 0))")
    #expect(gray.color.png.renderingIntent == 1 && gray.color.iccProfile == nil)
    // Pure red of sRGB, in Display P3, with alpha.
    var wide = Picture(width: 1, height: 1, layout: .rgba, bytes: [234, 51, 35, 77])
    wide.pngColor.codePoints = CodePoints(primaries: 12, transfer: 13)
    let red = try converted(PictureEncoder.encode(wide, as: .png)).picture.pixel(0, 0)
    #expect(abs(red[0] - 255) <= 1 && red[1] <= 6 && red[2] <= 6 && red[3] == 77, "\(red)")
    // HDR is refused.
    wide.pngColor.codePoints = CodePoints(primaries: 9, transfer: 16)
    let bytes = try PictureEncoder.encode(wide, as: .png)
    #expect(throws: UpscaleError.self) { try converted(bytes) }
  }

  private func converted(
    _ bytes: [UInt8]
  ) throws -> (picture: Picture, color: ColorDescription) {
    let reader = try PictureReader(bytes, colors: .srgb)
    let buffer = try ByteBuffer(count: reader.height * reader.rowByteCount, for: "rows")
    try reader.read(reader.height, into: buffer.bytes)
    let picture = Picture(
      width: reader.width, height: reader.height, layout: reader.layout, depth: reader.depth,
      bytes: [UInt8](buffer.bytes))
    return (picture, reader.color)
  }
}
