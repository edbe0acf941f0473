import TestSupport
import Testing

@testable import Upscale

/// Every way in which a file can say that a pixel is transparent, from file to file.
@Suite("Transparent files")
struct TransparentFileTests {
  private static let side = 24

  /// What a pixel of all test files is, in red, green, blue and alpha of 8 bits: a square with a hole.
  private static func pixel(_ x: Int, _ y: Int, seen: [Int], hidden: [Int]) -> [Int] {
    let isSeen = (4..<20).contains(x) && (3..<18).contains(y) && !(x > 12 && y > 12)
    return isSeen ? seen + [255] : hidden + [0]
  }

  private static func picture(
    seen: [Int] = [200, 120, 40], hidden: [Int] = [0, 0, 0], layout: Picture.Layout = .rgba,
    depth: Picture.Depth = .eight
  ) -> Picture {
    let samples = (0..<side * side).flatMap { index -> [Int] in
      let pixel = pixel(index % side, index / side, seen: seen, hidden: hidden)
      let channels = layout == .rgba ? pixel : [pixel[0], pixel[3]]
      return channels.map { depth == .sixteen ? $0 * 257 : $0 }
    }
    return Picture(width: side, height: side, layout: layout, depth: depth, samples: samples)
  }

  private static func enlarged(
    _ bytes: [UInt8], as format: PictureFormat = .png, alpha: AlphaTreatment = .automatic
  ) throws -> Picture {
    let spec = OutputSpec(
      format: format, encoding: EncodingOptions(lossless: format == .webp), alpha: alpha)
    let job = try PictureJob(bytes, spec: spec, upscaler: try upscaler())
    var result: [UInt8] = []
    try job.run(into: { result.append(contentsOf: $0) })
    return try PictureDecoder.decode(result).picture
  }

  private static func upscaler() throws -> Upscaler {
    try Upscaler(model: bundledModel("realesr-animevideov3"), threads: 2)
  }

  /// A PNG of 8-bit samples of a colour type.
  private static func png(
    colour: Int, before: [UInt8] = [],
    pixel: (Int, Int) -> [UInt8]
  ) -> [UInt8] {
    var raw: [UInt8] = []
    for y in 0..<side {
      raw.append(0)
      for x in 0..<side { raw += pixel(x, y) }
    }
    return PNGBuilder.file(
      header: PNGBuilder.header(side, side, colour: colour), raw: raw,
      before: before)
  }

  private static func isSeen(_ x: Int, _ y: Int) -> Bool {
    pixel(x, y, seen: [0, 0, 0], hidden: [0, 0, 0])[3] == 255
  }

  @Test("A palette with tRNS", arguments: [[0, 0, 0], [255, 0, 255]] as [[UInt8]])
  func palette(hidden: [UInt8]) throws {
    let file = Self.png(
      colour: 3,
      before: PNGBuilder.chunk("PLTE", hidden + [200, 120, 40]) + PNGBuilder.chunk("tRNS", [0])
    ) { x, y in [Self.isSeen(x, y) ? 1 : 0] }
    let expected = try Self.upscaler().upscale(Self.picture())
    #expect(expected.layout == .rgba)
    #expect(try Self.enlarged(file) == expected)
  }

  @Test("A colour key, in colours and in gray")
  func key() throws {
    let file = Self.png(
      colour: 2, before: PNGBuilder.chunk("tRNS", [0, 9, 0, 255, 0, 7])
    ) { x, y in Self.isSeen(x, y) ? [200, 120, 40] : [9, 255, 7] }
    #expect(try Self.enlarged(file) == Self.upscaler().upscale(Self.picture()))
    let gray = Self.png(colour: 0, before: PNGBuilder.chunk("tRNS", [0, 255])) { x, y in
      [Self.isSeen(x, y) ? 200 : 255]
    }
    let result = try Self.enlarged(gray)
    #expect(result.layout == .grayAlpha)
    #expect(try result == Self.upscaler().upscale(Self.picture(layout: .grayAlpha)))
  }

  @Test("Gray and alpha, and 16 bits", arguments: Picture.Depth.allCases)
  func depths(depth: Picture.Depth) throws {
    for layout in [Picture.Layout.grayAlpha, .rgba] {
      let files = try [[0, 0, 0], [255, 9, 77]].map {
        try PictureEncoder.encode(
          Self.picture(hidden: $0, layout: layout, depth: depth), as: .png)
      }
      let expected = try Self.upscaler().upscale(
        Self.picture(layout: layout, depth: depth), depth: depth)
      for file in files { #expect(try Self.enlarged(file) == expected) }
    }
  }

  @Test("WebP, lossless and lossy")
  func webp() throws {
    let picture = Self.picture(hidden: [255, 0, 255])
    let lossless = try PictureEncoder.encode(
      picture, as: .webp, options: EncodingOptions(lossless: true))
    let expected = try Self.upscaler().upscale(Self.picture())
    #expect(try Self.enlarged(lossless) == expected)
    #expect(try Self.enlarged(lossless, as: .webp) == expected)
    let lossy = try PictureEncoder.encode(
      picture, as: .webp, options: EncodingOptions(quality: 90))
    let result = try Self.enlarged(lossy)
    // Alpha is stored without loss in a lossy file, too.
    #expect(result.layout == .rgba)
    let alphas = { (picture: Picture) in
      stride(from: 3, to: picture.bytes.count, by: 4).map { picture.bytes[$0] }
    }
    #expect(alphas(result) == alphas(expected))
  }

  @Test("Opaque files lose nothing and gain nothing")
  func opaque() throws {
    let plain = Picture.waves(width: 31, height: 17)
    let samples = stride(from: 0, to: plain.samples.count, by: 3).flatMap {
      Array(plain.samples[$0..<$0 + 3]) + [255]
    }
    let opaque = Picture(width: 31, height: 17, layout: .rgba, depth: .eight, samples: samples)
    for format in PictureFormat.allCases {
      let files = try [plain, opaque].map { picture in
        let job = try PictureJob(
          PictureEncoder.encode(picture, as: .png), spec: OutputSpec(format: format),
          upscaler: Self.upscaler())
        #expect(job.losses.isEmpty)
        var result: [UInt8] = []
        try job.run(into: { result.append(contentsOf: $0) })
        return result
      }
      #expect(files[0] == files[1])
    }
  }

  @Test("JPEG is laid on white, without an outline")
  func jpeg() throws {
    let picture = Self.picture(seen: [255, 255, 255], hidden: [0, 0, 0])
    let result = try Self.enlarged(PictureEncoder.encode(picture, as: .png), as: .jpeg)
    #expect(result.bytes.allSatisfy { $0 >= 254 })
  }

  @Test("A large file is read by rows, whatever part of it is looked at first")
  func large() throws {
    // More than a MiB of rows, gray until the last one.
    var picture = Picture.waves(width: 300, height: 1300, layout: .gray)
    picture = Picture(
      width: 300, height: 1300, layout: .rgb, bytes: picture.bytes.flatMap { [$0, $0, $0] })
    let gray = try PictureEncoder.encode(picture, as: .png)
    let reader = try PictureReader(gray)
    let (content, isSpent) = try reader.examineContent()
    #expect(content.isGray && isSpent)
    picture.bytes[picture.bytes.count - 1] ^= 64
    let tinted = try PictureReader(PictureEncoder.encode(picture, as: .png)).examineContent()
    #expect(!tinted.content.isGray && tinted.isSpent)
    picture.bytes[0] ^= 64
    let colored = try PictureReader(PictureEncoder.encode(picture, as: .png))
    let first = try colored.examineContent()
    #expect(!first.content.isGray && !first.isSpent)
    var bytes = [UInt8](repeating: 0, count: picture.bytes.count)
    try bytes.withUnsafeMutableBytes { target in
      // In pieces that end before, at and behind the rows that were looked at.
      var row = 0
      for count in [1, 7, 1156, 2, 134] {
        try colored.read(
          count,
          into: UnsafeMutableRawBufferPointer(rebasing: target[row * 900..<(row + count) * 900]))
        row += count
      }
      #expect(row == 1300)
    }
    #expect(bytes == picture.bytes)
  }
}
