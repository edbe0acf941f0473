import Pictures
import SystemSupport
import TestSupport
import Testing

@Suite("Round trips")
struct ImageRoundTripTests {
  static let sizes = [(1, 1), (1, 17), (19, 1), (7, 5), (64, 48), (131, 67)]

  @Test("PNG gives back every bit", arguments: Picture.Layout.allCases, Picture.Depth.allCases)
  func png(layout: Picture.Layout, depth: Picture.Depth) throws {
    for (width, height) in Self.sizes {
      for picture in [
        Picture.noise(width: width, height: height, layout: layout, depth: depth),
        .waves(width: width, height: height, layout: layout, depth: depth),
      ] {
        let decoded = try PictureDecoder.decode(PictureEncoder.encode(picture, as: .png))
        #expect(decoded.picture == picture)
        #expect(decoded.warnings.isEmpty)
      }
    }
  }

  @Test("lossless WebP gives back every bit, invisible ones too", arguments: [false, true])
  func losslessWebP(hasAlpha: Bool) throws {
    for (width, height) in Self.sizes {
      var picture = Picture.noise(
        width: width, height: height, layout: hasAlpha ? .rgba : .rgb)
      if hasAlpha { picture.bytes[3] = 0 }
      let bytes = try PictureEncoder.encode(
        picture, as: .webp, options: EncodingOptions(lossless: true))
      #expect(try PictureDecoder.decode(bytes).picture.samples == picture.samples)
    }
  }

  @Test(
    "lossy formats stay close",
    arguments: [
      (PictureFormat.jpeg, Picture.Layout.gray, 40.0), (.jpeg, .rgb, 37), (.webp, .rgb, 33),
      (.webp, .rgba, 33),
    ])
  func lossy(format: PictureFormat, layout: Picture.Layout, floor: Double) throws {
    let picture = Picture.waves(width: 131, height: 97, layout: layout)
    let decoded = try PictureDecoder.decode(PictureEncoder.encode(picture, as: format)).picture
    let difference = PictureDifference(picture, decoded)
    #expect(difference.psnr > floor, "\(difference.psnr) dB")
    if layout.hasAlpha {
      #expect(
        stride(from: 3, to: picture.bytes.count, by: 4).allSatisfy {
          picture.bytes[$0] == decoded.bytes[$0]
        })
    }
  }

  @Test("more quality costs more bytes and comes closer", arguments: [PictureFormat.jpeg, .webp])
  func quality(format: PictureFormat) throws {
    let picture = Picture.waves(width: 120, height: 90)
    var last = (size: 0, psnr: 0.0)
    for quality in [10, 50, 80, 100] {
      let bytes = try PictureEncoder.encode(
        picture, as: format, options: EncodingOptions(quality: quality))
      let psnr = PictureDifference(picture, try PictureDecoder.decode(bytes).picture).psnr
      #expect(bytes.count > last.size && psnr > last.psnr)
      last = (bytes.count, psnr)
    }
  }

  @Test("16 bits are rounded to the nearest of 8", arguments: [PictureFormat.jpeg, .webp])
  func narrowing(format: PictureFormat) throws {
    let wide = Picture.waves(width: 64, height: 64, depth: .sixteen)
    let narrow = Picture(
      width: 64, height: 64, layout: .rgb, depth: .eight,
      samples: wide.samples.map { Int((Double($0) / 257).rounded()) })
    let options = EncodingOptions(lossless: true)
    #expect(
      try PictureEncoder.encode(wide, as: format, options: options)
        == PictureEncoder.encode(narrow, as: format, options: options))
    #expect(PictureEncoder.losses(of: wide, as: format).count == 1)
    #expect(PictureEncoder.losses(of: narrow, as: format).isEmpty)
  }

  @Test("JPEG lays alpha over white", arguments: [Picture.Layout.grayAlpha, .rgba])
  func flattening(layout: Picture.Layout) throws {
    for depth in Picture.Depth.allCases {
      let picture = Picture.noise(width: 40, height: 30, layout: layout, depth: depth)
      let peak = Double(depth.maximum)
      let samples = picture.samples
      var flat: [Int] = []
      for start in stride(from: 0, to: samples.count, by: layout.rawValue) {
        let alpha = Double(samples[start + layout.rawValue - 1]) / peak
        for channel in 0..<layout.colorCount {
          let color = Double(samples[start + channel]) / peak * alpha + 1 - alpha
          flat.append(Int((color * 255 + 1e-9).rounded()))
        }
      }
      let opaque = Picture(
        width: 40, height: 30, layout: layout.isGray ? .gray : .rgb, depth: .eight, samples: flat)
      #expect(
        try PictureEncoder.encode(picture, as: .jpeg) == PictureEncoder.encode(opaque, as: .jpeg))
      #expect(PictureEncoder.losses(of: picture, as: .jpeg).first?.contains("white") == true)
    }
  }

  @Test("gray becomes RGB in WebP and nowhere else")
  func gray() throws {
    let picture = Picture.waves(width: 20, height: 10, layout: .grayAlpha)
    let options = EncodingOptions(lossless: true)
    let webp = try PictureDecoder.decode(
      PictureEncoder.encode(picture, as: .webp, options: options)
    ).picture
    #expect(webp.layout == .rgba)
    let (gray, colour) = (picture.pixel(3, 4), webp.pixel(3, 4))
    #expect(colour == [gray[0], gray[0], gray[0], gray[1]])
    let flat = Picture.waves(width: 20, height: 10, layout: .gray)
    for format in [PictureFormat.png, .jpeg] {
      #expect(
        try PictureDecoder.decode(PictureEncoder.encode(flat, as: format)).info.layout == .gray)
    }
  }

  @Test("small PNG samples and palettes are expanded exactly")
  func expansion() throws {
    // Gray of 1, 2 and 4 bits.
    for depth in [1, 2, 4] {
      let levels = 1 << depth
      let packed = stride(from: 0, to: 16, by: 8 / depth).map { start in
        (0..<8 / depth).reduce(UInt8(0)) { $0 << depth | UInt8((start + $1) % levels) }
      }
      let png = PNGBuilder.file(
        header: PNGBuilder.header(16, 1, depth: depth, colour: 0), raw: [0] + packed)
      let picture = try PictureDecoder.decode(png).picture
      #expect(picture.layout == .gray)
      #expect(picture.samples == (0..<16).map { $0 % levels * 255 / (levels - 1) })
    }
    // A palette, with and without alpha.
    let palette = PNGBuilder.chunk("PLTE", [1, 2, 3, 40, 50, 60, 255, 254, 253])
    let header = PNGBuilder.header(4, 1, depth: 2, colour: 3)
    let raw: [UInt8] = [0, 0b00_01_10_01]
    let plain = try PictureDecoder.decode(
      PNGBuilder.file(header: header, raw: raw, before: palette)
    ).picture
    #expect(plain.layout == .rgb)
    #expect(plain.samples == [1, 2, 3, 40, 50, 60, 255, 254, 253, 40, 50, 60])
    let seeThrough = try PictureDecoder.decode(
      PNGBuilder.file(
        header: header, raw: raw, before: palette + PNGBuilder.chunk("tRNS", [0, 128]))
    ).picture
    #expect(seeThrough.layout == .rgba)
    #expect(
      seeThrough.samples == [1, 2, 3, 0, 40, 50, 60, 128, 255, 254, 253, 255, 40, 50, 60, 128])
  }

  @Test("a transparent colour becomes alpha at full depth")
  func colourKey() throws {
    let gray = PNGBuilder.file(
      header: PNGBuilder.header(2, 1, depth: 16, colour: 0), raw: [0, 0x12, 0x34, 0x12, 0x35],
      before: PNGBuilder.chunk("tRNS", [0x12, 0x34]))
    let picture = try PictureDecoder.decode(gray).picture
    #expect(picture.layout == .grayAlpha && picture.depth == .sixteen)
    #expect(picture.samples == [0x1234, 0, 0x1235, 65535])
    let colour = PNGBuilder.file(
      header: PNGBuilder.header(2, 1), raw: [0, 9, 8, 7, 9, 8, 6],
      before: PNGBuilder.chunk("tRNS", [0, 9, 0, 8, 0, 7]))
    #expect(try PictureDecoder.decode(colour).picture.samples == [9, 8, 7, 0, 9, 8, 6, 255])
  }

  @Test("interlaced PNG is the same picture")
  func interlaced() throws {
    let picture = Picture.noise(width: 13, height: 11, layout: .rgb)
    let passes = [
      (0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2),
      (0, 1, 1, 2),
    ]
    var raw: [UInt8] = []
    for (left, top, right, down) in passes {
      for y in stride(from: top, to: 11, by: down) {
        raw.append(0)
        for x in stride(from: left, to: 13, by: right) {
          raw += picture.pixel(x, y).map { UInt8($0) }
        }
      }
    }
    let png = PNGBuilder.file(header: PNGBuilder.header(13, 11, interlace: 1), raw: raw)
    let decoded = try PictureDecoder.decode(png)
    #expect(decoded.picture == picture)
    #expect(decoded.info.isInterlacedOrProgressive)
  }

  @Test("JPEG colours come out as their transform says")
  func jpegColours() throws {
    func first(_ values: [Int], _ transform: UInt8?) throws -> [Int] {
      try PictureDecoder.decode(JPEGBuilder.flat(values, adobeTransform: transform)).picture
        .pixel(3, 3)
    }
    #expect(try first([77], nil) == [77])
    #expect(try first([10, 20, 30], 0) == [10, 20, 30])
    #expect(try first([150, 128, 128], 1) == [150, 150, 150])
    // Inks are stored inverted, with Adobe's marker and without.
    #expect(try first([255, 255, 255, 255], nil) == [255, 255, 255])
    #expect(try first([0, 255, 255, 255], nil) == [0, 255, 255])
    #expect(try first([255, 255, 255, 0], nil) == [0, 0, 0])
    #expect(try first([200, 100, 50, 128], nil) == [100, 50, 25])
    #expect(try first([255, 255, 255, 255], 0) == [255, 255, 255])
    #expect(try first([200, 100, 50, 128], 0) == [100, 50, 25])
    #expect(try first([105, 128, 128, 255], 2) == [150, 150, 150])
    let cmyk = try PictureDecoder.decode(JPEGBuilder.flat([1, 2, 3, 4], adobeTransform: 0))
    #expect(cmyk.warnings.count == 1 && cmyk.warnings[0].contains("CMYK"))
  }
}
