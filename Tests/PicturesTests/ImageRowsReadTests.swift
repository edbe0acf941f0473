import Pictures
import SystemSupport
import TestSupport
import Testing

@Suite("Reading by rows")
struct ImageRowsReadTests {
  /// A file of every kind that is decoded in its own way.
  private static func files() throws -> [(name: String, bytes: [UInt8])] {
    let lossless = EncodingOptions(lossless: true)
    let rgba = Picture.waves(width: 37, height: 29, layout: .rgba)
    let jpeg = try PictureEncoder.encode(.waves(width: 37, height: 29), as: .jpeg)
    return [
      ("gray png", try encoded(.waves(width: 37, height: 29, layout: .gray), .png)),
      ("rgba png", try encoded(rgba, .png)),
      (
        "16-bit png",
        try encoded(.noise(width: 37, height: 29, layout: .rgba, depth: .sixteen), .png)
      ),
      ("palette png", palette()),
      ("interlaced png", interlaced(.noise(width: 13, height: 11))),
      ("jpeg", jpeg),
      (
        "4:2:0 jpeg",
        try encoded(.waves(width: 37, height: 29), .jpeg, EncodingOptions(quality: 75))
      ),
      ("gray jpeg", try encoded(.waves(width: 37, height: 29, layout: .gray), .jpeg)),
      ("progressive jpeg", JPEGBuilder.emptyScans(5, width: 40, height: 30)),
      ("cmyk jpeg", JPEGBuilder.flat([10, 200, 30, 40], adobeTransform: 2)),
      ("webp", try encoded(.waves(width: 37, height: 29), .webp)),
      ("webp with alpha", try encoded(rgba, .webp)),
      ("lossless webp", try encoded(rgba, .webp, lossless)),
      (
        "animated webp",
        WebPBuilder.animation(
          canvas: (48, 40), frame: try encoded(rgba, .webp, lossless), at: (4, 2), size: (37, 29),
          count: 2)
      ),
    ]
  }

  private static func encoded(
    _ picture: Picture, _ format: PictureFormat, _ options: EncodingOptions = EncodingOptions()
  ) throws -> [UInt8] {
    try PictureEncoder.encode(picture, as: format, options: options)
  }

  private static func palette() -> [UInt8] {
    PNGBuilder.file(
      header: PNGBuilder.header(4, 9, depth: 2, colour: 3),
      raw: (0..<9).flatMap { [0, UInt8($0 * 25 & 0b11_11_11_11)] },
      before: PNGBuilder.chunk("PLTE", Array(0..<12)) + PNGBuilder.chunk("tRNS", [3, 200]))
  }

  private static func interlaced(_ picture: Picture) -> [UInt8] {
    let passes = [
      (0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2),
      (0, 1, 1, 2),
    ]
    var raw: [UInt8] = []
    for (left, top, right, down) in passes {
      for y in stride(from: top, to: picture.height, by: down) {
        raw.append(0)
        for x in stride(from: left, to: picture.width, by: right) {
          raw += picture.pixel(x, y).map { UInt8($0) }
        }
      }
    }
    return PNGBuilder.file(
      header: PNGBuilder.header(picture.width, picture.height, interlace: 1), raw: raw)
  }

  /// The rows that reading by `step` rows gives until it ends or fails.
  private static func read(
    _ reader: PictureReader, by step: Int
  ) -> (bytes: [UInt8], rows: Int, error: UpscaleError?) {
    var bytes: [UInt8] = []
    var row = 0
    while row < reader.height {
      let count = min(step, reader.height - row)
      // The memory is not zeroed: all of it must be written.
      var part = [UInt8](repeating: 0xA5, count: count * reader.rowByteCount)
      do throws(UpscaleError) {
        try part.withUnsafeMutableBufferPointer { target throws(UpscaleError) in
          try reader.read(count, into: UnsafeMutableRawBufferPointer(target))
        }
      } catch {
        return (bytes, row, error)
      }
      bytes += part
      row += count
    }
    return (bytes, row, nil)
  }

  private static func expectSame(
    _ bytes: [UInt8], _ name: String, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let decoded = try PictureDecoder.decode(bytes)
    for step in [1, 7, Int.max] {
      let reader = try PictureReader(bytes)
      #expect(reader.info == decoded.info, "\(name)", sourceLocation: sourceLocation)
      #expect(reader.width == decoded.picture.width, "\(name)", sourceLocation: sourceLocation)
      #expect(reader.height == decoded.picture.height, "\(name)", sourceLocation: sourceLocation)
      let result = read(reader, by: step)
      #expect(
        result.error == nil && result.bytes == decoded.picture.bytes, "\(name) by \(step)",
        sourceLocation: sourceLocation)
      #expect(reader.warnings == decoded.warnings, "\(name)", sourceLocation: sourceLocation)
      #expect(reader.iccProfile == decoded.picture.iccProfile, sourceLocation: sourceLocation)
    }
  }

  @Test("one, seven or all rows at a time give the decoded picture")
  func steps() throws {
    for (name, bytes) in try Self.files() {
      try Self.expectSame(bytes, name)
    }
  }

  @Test("pictures are seen upright", arguments: 1...8)
  func orientations(orientation: Int) throws {
    let exif = MetadataBuilder.exif(orientation: orientation, withPrefix: true)
    let turn = try #require(Orientation(rawValue: orientation))
    for layout in Picture.Layout.allCases {
      for depth in Picture.Depth.allCases {
        let stored = Picture.noise(width: 70, height: 67, layout: layout, depth: depth)
        let png = PNGBuilder.inserting(
          PNGBuilder.chunk("eXIf", exif), into: try Self.encoded(stored, .png))
        try Self.expectSame(png, "\(layout) \(depth)")
        #expect(try PictureDecoder.decode(png).picture == stored.oriented(turn))
      }
    }
    let waves = Picture.waves(width: 21, height: 34)
    try Self.expectSame(
      JPEGBuilder.inserting(
        JPEGBuilder.segment(0xE1, exif), into: try Self.encoded(waves, .jpeg)), "jpeg")
    try Self.expectSame(
      WebPBuilder.adding(
        exif: exif, to: try Self.encoded(waves, .webp), width: 21, height: 34), "webp")
  }

  @Test("why a picture must be in memory as a whole is said, and what that takes")
  func wholeReasons() throws {
    for (name, bytes) in try Self.files() {
      let reader = try PictureReader(bytes)
      let pixels = reader.height * reader.rowByteCount
      if name.contains("webp") {
        #expect(reader.wholeReason == "a WebP" && reader.memory > pixels)
      } else if name.contains("interlaced") {
        #expect(reader.wholeReason == "an interlaced PNG" && reader.memory > pixels)
      } else {
        #expect(reader.wholeReason == nil && reader.memory > 0, "\(name)")
      }
    }
    let png = try Self.encoded(.waves(width: 8, height: 8), .png)
    for orientation in 1...8 {
      let exif = MetadataBuilder.exif(orientation: orientation, withPrefix: true)
      let reader = try PictureReader(
        PNGBuilder.inserting(PNGBuilder.chunk("eXIf", exif), into: png))
      #expect(
        reader.wholeReason == (orientation <= 2 ? nil : "a picture that is stored turned"))
    }
    // A progressive JPEG's coefficients: two bytes a pixel, of gray.
    let progressive = try PictureReader(JPEGBuilder.emptyScans(5, width: 4000, height: 4000))
    #expect(progressive.memory > 32_000_000 && progressive.memory < 36_000_000)
    let baseline = try PictureReader(Self.encoded(.waves(width: 400, height: 400), .jpeg))
    #expect(baseline.memory < 4 << 20)
  }

  /// The outcome of checking a picture without keeping it.
  private static func check(
    _ bytes: [UInt8], within memory: Int = 1 << 30
  ) -> Result<CheckedPicture, UpscaleError> {
    do throws(UpscaleError) {
      return .success(try PictureDecoder.check(bytes, budget: MemoryBudget(share: memory)))
    } catch {
      return .failure(error)
    }
  }

  @Test("checking without keeping says what decoding does, of whole files and of cut ones")
  func checking() throws {
    for (name, bytes) in try Self.files() {
      let decoded = try PictureDecoder.decode(bytes)
      let checked = try Self.check(bytes).get()
      #expect(checked.info == decoded.info, "\(name)")
      #expect(checked.warnings == decoded.warnings, "\(name)")
      for sixteenth in 1..<16 {
        let cut = Array(bytes.prefix(bytes.count * sixteenth / 16))
        switch (refusal(of: cut), Self.check(cut)) {
        case (nil, .success): break
        case (let error?, .failure(let other)): #expect(error == other, "\(name)")
        case (let error, _): Issue.record("\(name), \(sixteenth)/16: \(String(describing: error))")
        }
      }
    }
  }

  @Test("checking takes memory for rows only, or is refused before it")
  func memoryOfChecking() throws {
    let side = 1600
    let rowwise = 4 << 20
    let flat = Picture(
      width: side, height: side, layout: .rgb,
      bytes: [UInt8](repeating: 9, count: side * side * 3))
    let turned = MetadataBuilder.exif(orientation: 6, withPrefix: true)
    let jpeg = try Self.encoded(flat, .jpeg)
    for (name, bytes) in [
      ("png", try Self.encoded(flat, .png)), ("interlaced png", Self.interlaced(flat)),
      ("jpeg", jpeg),
      ("turned jpeg", JPEGBuilder.inserting(JPEGBuilder.segment(0xE1, turned), into: jpeg)),
    ] {
      let needed = try PictureReader(bytes).memoryToReadToEnd
      #expect(needed < rowwise, "\(name) takes \(needed)")
      #expect(throws: Never.self, "\(name)") { try Self.check(bytes, within: rowwise).get() }
    }
    for (name, bytes, reason) in [
      ("webp", try Self.encoded(flat, .webp), "a WebP, which must be read whole"),
      (
        "progressive jpeg", JPEGBuilder.emptyScans(5, width: 4000, height: 4000),
        "a progressive JPEG, all of whose passes must be held"
      ),
    ] {
      guard case .failure(let error) = Self.check(bytes, within: rowwise) else {
        Issue.record("\(name) was not refused")
        continue
      }
      #expect(error.cause.isScarcity && error.message.contains(reason), "\(error.message)")
      #expect(throws: Never.self, "\(name)") { try Self.check(bytes).get() }
    }
  }

  @Test("a PNG whose pixels end early gives the rows before, and then the same error again")
  func shortPNG() throws {
    let rows = (0..<20).flatMap { row -> [UInt8] in
      [0] + [UInt8](repeating: UInt8(row), count: 30)
    }
    let bytes = PNGBuilder.file(header: PNGBuilder.header(10, 40), raw: rows)
    let error = try #require(refusal(of: bytes))
    for step in [1, 7] {
      let reader = try PictureReader(bytes)
      let result = Self.read(reader, by: step)
      #expect(result.error == error && result.rows == 20 / step * step)
      #expect(
        result.bytes == (0..<result.rows).flatMap { [UInt8](repeating: UInt8($0), count: 30) })
      #expect(Self.read(reader, by: 1).error == error)
    }
  }

  @Test("damage behind a PNG's last row is noticed with that row")
  func lateDamage() throws {
    let rows = (0..<8).flatMap { row -> [UInt8] in [0] + [UInt8](repeating: 9, count: 30) }
    var zlib = PNGBuilder.zlib(rows)
    zlib[zlib.count - 1] ^= 1
    let bytes = PNGBuilder.file(
      PNGBuilder.header(10, 8), PNGBuilder.chunk("IDAT", zlib), PNGBuilder.chunk("QRST", [1]),
      PNGBuilder.chunk("IEND"))
    let error = try #require(refusal(of: bytes))
    let result = Self.read(try PictureReader(bytes), by: 1)
    #expect(result.error == error && result.rows == 7)
  }

  @Test("files cut at any sixteenth end as they do when decoded at once")
  func truncation() throws {
    for (name, bytes) in try Self.files() {
      for cut in 1..<16 {
        let part = Array(bytes.prefix(bytes.count * cut / 16))
        let decoded = try? PictureDecoder.decode(part)
        let reader: PictureReader
        do {
          reader = try PictureReader(part)
        } catch {
          #expect(refusal(of: part) == error, "\(name) cut at \(cut)")
          continue
        }
        for step in [1, 7] {
          let reader = step == 1 ? reader : try PictureReader(part)
          let result = Self.read(reader, by: step)
          #expect(result.error == refusal(of: part), "\(name) cut at \(cut)")
          if let decoded {
            #expect(result.bytes == decoded.picture.bytes, "\(name) cut at \(cut)")
            #expect(reader.warnings == decoded.warnings, "\(name) cut at \(cut)")
            #expect(reader.damage == decoded.damage, "\(name) cut at \(cut)")
          }
        }
      }
    }
  }

  @Test("a reader that is left half-way frees what it has")
  func leaving() throws {
    let exif = MetadataBuilder.exif(orientation: 6, withPrefix: true)
    let turned = PNGBuilder.inserting(
      PNGBuilder.chunk("eXIf", exif),
      into: try Self.encoded(.waves(width: 37, height: 29), .png))
    for (name, bytes) in try Self.files() + [("turned png", turned)] {
      for rows in [0, 1, 5] {
        let reader = try PictureReader(bytes)
        var target = [UInt8](repeating: 0, count: rows * reader.rowByteCount)
        try target.withUnsafeMutableBytes { try reader.read(rows, into: $0) }
        #expect(rows == 0 || target.contains { $0 != 0 } || name.contains("animated"))
      }
    }
  }
}
