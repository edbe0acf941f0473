import Pictures
import SystemSupport
import TestSupport
import Testing

@Suite("Damaged pictures")
struct ImageMutationTests {
  /// Small valid files that use as many features as they can.
  private static func seeds() throws -> [(name: String, bytes: [UInt8])] {
    let exif = MetadataBuilder.exif(orientation: 6, withPrefix: true)
    var rgb = Picture.waves(width: 40, height: 28)
    rgb.iccProfile = MetadataBuilder.profile()
    let lossless = EncodingOptions(lossless: true)
    let plainRGBA = Picture.waves(width: 24, height: 20, layout: .rgba)
    let jpeg = try PictureEncoder.encode(rgb, as: .jpeg)
    let webp = try PictureEncoder.encode(plainRGBA, as: .webp)
    return [
      ("png", try PictureEncoder.encode(rgb, as: .png)),
      (
        "png with eXIf",
        PNGBuilder.inserting(
          PNGBuilder.chunk("eXIf", exif),
          into: try PictureEncoder.encode(
            .noise(width: 9, height: 9, layout: .grayAlpha, depth: .sixteen), as: .png))
      ),
      (
        "palette png",
        PNGBuilder.file(
          header: PNGBuilder.header(8, 2, depth: 4, colour: 3, interlace: 0),
          raw: [0, 1, 0x23, 0x12, 3, 2, 1, 2, 3, 0x33],
          before: PNGBuilder.chunk("PLTE", Array(0..<12)) + PNGBuilder.chunk("tRNS", [3]))
      ),
      ("jpeg", JPEGBuilder.inserting(JPEGBuilder.segment(0xE1, exif), into: jpeg)),
      (
        "gray jpeg",
        try PictureEncoder.encode(.waves(width: 30, height: 30, layout: .gray), as: .jpeg)
      ),
      ("cmyk jpeg", JPEGBuilder.flat([10, 20, 30, 40], adobeTransform: 2)),
      ("progressive jpeg", JPEGBuilder.emptyScans(5, width: 40, height: 30)),
      ("webp", webp),
      ("lossless webp", try PictureEncoder.encode(rgb, as: .webp, options: lossless)),
      (
        "animated webp",
        WebPBuilder.animation(
          canvas: (32, 32),
          frame: try PictureEncoder.encode(plainRGBA, as: .webp, options: lossless),
          size: (24, 20), count: 2)
      ),
    ]
  }

  /// Decodes and expects a picture or the right error. Limits are low: a flipped size is no bomb.
  private static func expectNoHarm(_ bytes: [UInt8], _ name: String) {
    var limits = PictureLimits()
    limits.pixels = 1_000_000
    if let error = refusal(of: bytes, limits: limits), !error.cause.isAboutInput {
      Issue.record("\(name): \(error.cause) \(error.message)")
    }
    _ = try? PictureDecoder.probe(bytes, limits: limits)
  }

  @Test("valid before damage")
  func valid() throws {
    for (name, bytes) in try Self.seeds() {
      #expect(refusal(of: bytes) == nil, "\(name)")
    }
  }

  @Test("cut at any sixteenth: an error, and for JPEG maybe a picture with a warning")
  func truncation() throws {
    for (name, bytes) in try Self.seeds() {
      let cuts = (0..<16).map { bytes.count * $0 / 16 } + [bytes.count - 1]
      for cut in cuts {
        let part = Array(bytes.prefix(cut))
        guard let decoded = try? PictureDecoder.decode(part) else {
          #expect(refusal(of: part)?.cause.isAboutInput == true, "\(name) cut at \(cut)")
          continue
        }
        // The pixels can be complete when the file's last bytes are not.
        if decoded.info.format != .jpeg {
          let whole = try PictureDecoder.decode(bytes).picture
          #expect(decoded.picture.bytes == whole.bytes, "\(name), \(cut)")
          #expect(decoded.warnings.contains { $0.contains("end marker") }, "\(name), \(cut)")
          continue
        }
        #expect(decoded.damage != nil || cut == bytes.count - 1, "\(name) cut at \(cut)")
      }
    }
  }

  @Test("flipped bits and bytes: a picture or an error, never a crash")
  func flips() throws {
    var random = SeededRandom(seed: 20_260)
    for (name, bytes) in try Self.seeds() {
      for round in 0..<400 {
        var damaged = bytes
        for _ in 0...round % 8 {
          let position = Int.random(in: damaged.indices, using: &random)
          if Bool.random(using: &random) {
            damaged[position] ^= 1 << UInt8.random(in: 0..<8, using: &random)
          } else {
            damaged[position] = [0, 1, 0x7F, 0x80, 0xFF].randomElement(using: &random) ?? 0
          }
        }
        Self.expectNoHarm(damaged, name)
      }
    }
  }

  @Test("bytes cut out, repeated and exchanged: a picture or an error, never a crash")
  func splices() throws {
    var random = SeededRandom(seed: 77)
    let seeds = try Self.seeds()
    for (name, bytes) in seeds {
      for _ in 0..<100 {
        var damaged = bytes
        let start = Int.random(in: 0..<bytes.count, using: &random)
        let end = min(start + Int.random(in: 1...64, using: &random), bytes.count)
        switch Int.random(in: 0..<3, using: &random) {
        case 0: damaged.removeSubrange(start..<end)
        case 1: damaged.insert(contentsOf: bytes[start..<end], at: start)
        default:
          let other = seeds[Int.random(in: seeds.indices, using: &random)].bytes
          damaged.replaceSubrange(start..<end, with: other.suffix(end - start))
        }
        Self.expectNoHarm(damaged, name)
      }
    }
  }

  @Test("damaged pixels are the same at every decoding")
  func determinism() throws {
    let bytes = try PictureEncoder.encode(.waves(width: 120, height: 90), as: .jpeg)
    let cut = Array(bytes.prefix(bytes.count / 2))
    let first = try PictureDecoder.decode(cut).picture
    for _ in 0..<5 {
      #expect(try PictureDecoder.decode(cut).picture == first)
    }
  }
}
