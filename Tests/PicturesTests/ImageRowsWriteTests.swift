import Pictures
import SystemSupport
import TestSupport
import Testing

@Suite("Writing by rows")
struct ImageRowsWriteTests {
  /// The bytes that a sink has received.
  private final class Gathered {
    var bytes: [UInt8] = []
  }

  /// Pictures and forms that are encoded in their own way.
  private static func cases() -> [(picture: Picture, format: PictureFormat, EncodingOptions)] {
    var profiled = Picture.waves(width: 61, height: 33)
    profiled.iccProfile = MetadataBuilder.profile(size: 70_000)
    let pictures =
      [profiled]
      + Picture.Layout.allCases.flatMap { layout in
        Picture.Depth.allCases.map { depth in
          Picture.noise(width: 61, height: 33, layout: layout, depth: depth)
        }
      }
    let forms: [(PictureFormat, EncodingOptions)] = [
      (.png, EncodingOptions()), (.jpeg, EncodingOptions()), (.jpeg, EncodingOptions(quality: 70)),
      (.webp, EncodingOptions()), (.webp, EncodingOptions(lossless: true)),
    ]
    return pictures.flatMap { picture in forms.map { (picture, $0.0, $0.1) } }
  }

  private static func writer(
    of picture: Picture, _ format: PictureFormat, _ options: EncodingOptions,
    optimisesJPEG: Bool? = nil,
    sink: @escaping (UnsafeRawBufferPointer) throws(UpscaleError) -> Void
  ) throws(UpscaleError) -> PictureWriter {
    try PictureWriter(
      RowFormat(
        width: picture.width, height: picture.height, layout: picture.layout,
        depth: picture.depth),
      color: picture.color, format: format, options: options,
      optimisesJPEG: optimisesJPEG, sink: sink)
  }

  /// Writes rows of the picture, `step` at a time.
  private static func write(
    _ picture: Picture, rows: Int, by step: Int, to writer: PictureWriter
  ) throws(UpscaleError) {
    var row = 0
    while row < rows {
      let count = min(step, rows - row)
      let size = picture.rowByteCount
      let part = Array(picture.bytes[row * size..<(row + count) * size])
      try part.withUnsafeBufferPointer { part throws(UpscaleError) in
        try writer.write(UnsafeRawBufferPointer(part))
      }
      row += count
    }
  }

  @Test("one, seven or all rows at a time give the encoded picture's bytes")
  func steps() throws {
    for (picture, format, options) in Self.cases() {
      let expected = try PictureEncoder.encode(picture, as: format, options: options)
      for step in [1, 7, picture.height] {
        let gathered = Gathered()
        let writer = try Self.writer(of: picture, format, options) { bytes throws(UpscaleError) in
          gathered.bytes += bytes
        }
        try Self.write(picture, rows: picture.height, by: step, to: writer)
        try writer.finish()
        try writer.finish()
        #expect(
          gathered.bytes == expected, "\(format) \(picture.layout) \(picture.depth) by \(step)")
      }
    }
  }

  @Test("PNG and JPEG leave while they are written")
  func streaming() throws {
    let picture = Picture.noise(width: 400, height: 400)
    for format in [PictureFormat.png, .jpeg] {
      let gathered = Gathered()
      let writer = try Self.writer(
        of: picture, format, EncodingOptions(), optimisesJPEG: false
      ) { bytes throws(UpscaleError) in
        gathered.bytes += bytes
      }
      try Self.write(picture, rows: 300, by: 10, to: writer)
      #expect(gathered.bytes.count > 100_000)
    }
  }

  @Test("tables that are fitted to a JPEG make it smaller and change no pixel")
  func optimising() throws {
    let picture = Picture.waves(width: 200, height: 150)
    var files: [[UInt8]] = []
    for optimises in [true, false] {
      let gathered = Gathered()
      let writer = try Self.writer(
        of: picture, .jpeg, EncodingOptions(), optimisesJPEG: optimises
      ) { bytes throws(UpscaleError) in
        gathered.bytes += bytes
      }
      try Self.write(picture, rows: picture.height, by: 16, to: writer)
      try writer.finish()
      files.append(gathered.bytes)
    }
    #expect(files[0].count < files[1].count)
    #expect(
      try PictureDecoder.decode(files[0]).picture == PictureDecoder.decode(files[1]).picture)
    func optimises(_ width: Int, _ height: Int) -> Bool {
      PictureWriter.optimisesJPEG(
        RowFormat(width: width, height: height, layout: .rgb, depth: .eight))
    }
    #expect(optimises(8192, 4096) && !optimises(8192, 4097))
  }

  @Test("the error of a sink is thrown as it is, now and later", arguments: [0, 1000, 150_000])
  func failingSink(room: Int) throws {
    let full = UpscaleError(.inputOutput, "the disk is full")
    var picture = Picture.noise(width: 300, height: 300)
    picture.iccProfile = MetadataBuilder.profile(size: 80_000)
    for (format, options) in [
      (PictureFormat.png, EncodingOptions()), (.jpeg, EncodingOptions(quality: 100)),
      (.webp, EncodingOptions(quality: 100)), (.webp, EncodingOptions(lossless: true)),
    ] {
      for step in [1, 300] {
        let gathered = Gathered()
        var failures = 0
        do throws(UpscaleError) {
          let writer = try Self.writer(
            of: picture, format, options, optimisesJPEG: false
          ) { bytes throws(UpscaleError) in
            guard gathered.bytes.count + bytes.count <= room else { throw full }
            gathered.bytes += bytes
          }
          do throws(UpscaleError) {
            try Self.write(picture, rows: 300, by: step, to: writer)
          } catch {
            #expect(error == full)
            failures += 1
          }
          try writer.finish()
        } catch {
          #expect(error == full)
          failures += 1
        }
        #expect(failures > 0, "\(format)")
        #expect(gathered.bytes.count <= room)
      }
    }
  }

  @Test("what cannot be written is refused when the writer is made")
  func refusals() {
    func refusal(width: Int, quality: Int?) -> UpscaleError.Cause? {
      do {
        _ = try PictureWriter(
          RowFormat(width: width, height: 1, layout: .rgb, depth: .eight), format: .webp,
          options: EncodingOptions(quality: quality)
        ) { _ throws(UpscaleError) in }
        return nil
      } catch {
        return error.cause
      }
    }
    #expect(refusal(width: 16_384, quality: nil) == .cannotCreate)
    #expect(refusal(width: 8, quality: 101) == .usage)
    #expect(refusal(width: 8, quality: nil) == nil)
  }

  @Test("a writer that is left half-way frees what it has", arguments: [0, 1, 20, 33])
  func leaving(rows: Int) throws {
    for (picture, format, options) in Self.cases() {
      let writer = try Self.writer(of: picture, format, options) { _ throws(UpscaleError) in }
      try Self.write(picture, rows: rows, by: 7, to: writer)
    }
  }

  @Test("the memory that is named grows with what is kept")
  func memory() {
    func bytes(
      _ format: PictureFormat, quality: Int? = nil, optimises: Bool = true, side: Int = 6000
    ) -> Int {
      PictureWriter.memory(
        RowFormat(width: side, height: side, layout: .rgb, depth: .eight), format: format,
        options: EncodingOptions(quality: quality), optimisesJPEG: optimises)
    }
    let pixels = 36_000_000
    #expect(bytes(.png) < 2 << 20)
    #expect(bytes(.jpeg, optimises: false) < 2 << 20)
    #expect(bytes(.jpeg) > 6 * pixels && bytes(.jpeg) < 7 * pixels)
    #expect(bytes(.jpeg, quality: 80) > 3 * pixels && bytes(.jpeg, quality: 80) < 4 * pixels)
    #expect(bytes(.webp) > 8 * pixels)
    #expect(bytes(.webp, side: .max) > 0)
  }
}
