import Pictures
import SystemSupport
import TestSupport
import Testing

/// Files written anew from files.
@Suite("Transcoding by rows") struct PictureTranscoderTests {
  private static func transcoded(
    _ path: String, as format: PictureFormat, width: Int? = nil, height: Int? = nil,
    encoding: EncodingOptions = EncodingOptions(), memory: Int = 1 << 30
  ) throws -> (bytes: [UInt8], transcoder: PictureTranscoder) {
    let transcoder = try PictureTranscoder(path: path, limits: PictureLimits())
    var bytes: [UInt8] = []
    var share = 0.0
    try transcoder.write(
      as: format, options: encoding, width: width ?? transcoder.source.width,
      height: height ?? transcoder.source.height, memory: memory,
      observer: WorkObserver { share = $0 }
    ) { (part) throws(UpscaleError) in
      bytes.append(contentsOf: part)
    }
    #expect(share == 1)
    return (bytes, transcoder)
  }

  @Test(
    "The same bytes as from memory", arguments: Picture.Layout.allCases, Picture.Depth.allCases)
  func same(layout: Picture.Layout, depth: Picture.Depth) throws {
    let folder = try TemporaryFolder()
    var picture = Picture.waves(width: 90, height: 71, layout: layout, depth: depth)
    picture.iccProfile = MetadataBuilder.profile(space: layout.isGray ? "GRAY" : "RGB ")
    let path = try folder.write(PictureEncoder.encode(picture, as: .png), as: "a.png")
    for format in PictureFormat.allCases {
      let expected = try PictureEncoder.encode(picture, as: format)
      #expect(try Self.transcoded(path, as: format).bytes == expected, "\(format)")
    }
    let half = try PictureDecoder.decode(
      Self.transcoded(path, as: .png, width: 45, height: 40).bytes
    ).picture
    #expect(half.depth == .eight && half.layout == layout)
    #expect(half.iccProfile == picture.iccProfile)
    let expected = picture.resized(width: 45, height: 40)
    if depth == .eight { #expect(half == expected) }
  }

  @Test("Pictures of many pieces")
  func pieces() throws {
    let folder = try TemporaryFolder()
    let picture = Picture(
      width: 1100, height: 2100, layout: .gray,
      bytes: (0..<1100 * 2100).map { UInt8(truncatingIfNeeded: $0 % 1100 &* ($0 / 1100) / 40) })
    let path = try folder.write(PictureEncoder.encode(picture, as: .png), as: "a.png")
    #expect(
      try Self.transcoded(path, as: .jpeg).bytes == PictureEncoder.encode(picture, as: .jpeg))
    let transcoder = try PictureTranscoder(path: path, limits: PictureLimits())
    var asked = 0
    let refusal = #expect(throws: UpscaleError.self) {
      let observer = WorkObserver(isCancelled: {
        asked += 1
        return asked > 1
      })
      try transcoder.write(
        as: .png, options: EncodingOptions(), width: 1100, height: 2100, memory: 1 << 30,
        observer: observer
      ) { _ in }
    }
    #expect(refusal?.cause == .cancelled)
    #expect(asked == 2)
  }

  @Test("JPEG and WebP are read, too", arguments: [PictureFormat.jpeg, .webp])
  func lossy(format: PictureFormat) throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(
      PictureEncoder.encode(.waves(width: 90, height: 70), as: format), as: "a")
    let decoded = try PictureDecoder.decode(folder.read("a")).picture
    #expect(try PictureDecoder.decode(Self.transcoded(path, as: .png).bytes).picture == decoded)
  }

  @Test("Whether a picture is opaque is known when it has been read", arguments: [8, 16])
  func opacity(bits: Int) throws {
    let folder = try TemporaryFolder()
    let depth = try #require(Picture.Depth(rawValue: bits))
    var picture = Picture.waves(width: 40, height: 30, layout: .rgba, depth: depth)
    let size = depth.byteCount
    for pixel in 0..<40 * 30 {
      for byte in 0..<size { picture.bytes[(pixel * 4 + 3) * size + byte] = 255 }
    }
    let opaque = try folder.write(PictureEncoder.encode(picture, as: .png), as: "opaque.png")
    picture.bytes[(40 * 30 * 4 - 1) * size] = 254
    let clear = try folder.write(PictureEncoder.encode(picture, as: .png), as: "clear.png")
    for (path, isOpaque) in [(opaque, true), (clear, false)] {
      let (_, transcoder) = try Self.transcoded(path, as: .webp)
      #expect(transcoder.isOpaque == isOpaque)
      let other = try PictureTranscoder(path: path, limits: PictureLimits())
      #expect(other.isOpaque == nil)
      #expect(try other.lookForTransparency() == isOpaque)
      #expect(try other.losses(as: .jpeg).contains { $0.contains("transparency") } == !isOpaque)
    }
    let gray = try folder.write(
      PictureEncoder.encode(.waves(width: 4, height: 4, layout: .gray), as: .png), as: "gray.png")
    #expect(try PictureTranscoder(path: gray, limits: PictureLimits()).isOpaque == true)
  }

  @Test("Files that are cut, broken or none are refused")
  func broken() throws {
    let folder = try TemporaryFolder()
    let whole = try PictureEncoder.encode(.noise(width: 50, height: 50), as: .png)
    for length in [9, 40, whole.count / 2, whole.count - 20] {
      let path = try folder.write(Array(whole[..<length]), as: "cut.png")
      #expect(throws: UpscaleError.self) { try Self.transcoded(path, as: .jpeg) }
    }
    for bytes in [[], [1, 2, 3], Array("no picture, but long enough".utf8)] as [[UInt8]] {
      let path = try folder.write(bytes, as: "none.png")
      #expect(throws: UpscaleError.self) { try Self.transcoded(path, as: .jpeg) }
    }
    let missing = folder.path("missing")
    #expect(throws: UpscaleError.self) { try Self.transcoded(missing, as: .jpeg) }
  }

  @Test("Too little memory is said before the work")
  func memory() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(
      PictureEncoder.encode(.waves(width: 300, height: 300), as: .png), as: "a.png")
    let refusal = #expect(throws: UpscaleError.self) {
      try Self.transcoded(path, as: .webp, memory: 8 << 20)
    }
    #expect(refusal?.cause.isScarcity == true)
    #expect(try Self.transcoded(path, as: .jpeg, memory: 8 << 20).bytes.count > 0)
  }
}
