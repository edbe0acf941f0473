import Foundation
import Pictures
import SystemSupport
import TestSupport
import Testing

/// Files made to do harm.
@Suite("Hostile pictures", .timeLimit(.minutes(20)))
struct ImageHostileTests {
  /// Megabytes of memory that the calling thread uses for the first time, by its page faults; other threads
  /// do not count. Where the system uses huge pages, this is only a part of them.
  private static func megabytes(of body: () -> Void) -> Int {
    func pages() -> Int {
      var usage = rusage()
      // RUSAGE_THREAD, which Swift does not see.
      getrusage(1, &usage)
      return usage.ru_minflt
    }
    let start = pages()
    body()
    return (pages() - start) * Int(getpagesize()) >> 20
  }

  /// Expects a refusal with the right cause that took little memory. A decoder that took minutes would be
  /// noticed by another reason, or by the suite's time limit.
  private static func expectCheapRefusal(
    _ bytes: [UInt8], saying part: String = "", megabytes: Int = 256,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    var error: UpscaleError?
    let touched = Self.megabytes { error = refusal(of: bytes) }
    #expect(error?.cause.isAboutInput == true, sourceLocation: sourceLocation)
    let message = error?.message ?? "decoded"
    #expect(part.isEmpty || message.contains(part), "\(message)", sourceLocation: sourceLocation)
    // Sanitizers have memory of their own for each page.
    #expect(touched < megabytes || Sanitizer.isOn, sourceLocation: sourceLocation)
  }

  // MARK: PNG

  @Test(
    "a PNG chunk that claims 1 GiB costs nothing",
    arguments: ["tEXt", "zTXt", "iTXt", "sPLT", "pCAL", "sCAL", "eXIf", "iCCP", "abCd"])
  func hugeChunk(name: String) {
    let claim = PNGBuilder.chunk(name, [UInt8](repeating: 65, count: 8), length: 0x4000_0000)
    Self.expectCheapRefusal(PNGBuilder.signature + PNGBuilder.header(1, 1) + claim)
  }

  @Test("sizes near 2^31 and of zero are refused")
  func sizes() {
    let end = PNGBuilder.chunk("IDAT", [1, 2, 3]) + PNGBuilder.chunk("IEND")
    for (width, height) in [
      (0x7FFF_FFFF, 0x7FFF_FFFF), (0x7FFF_FFFF, 1), (1, 0x7FFF_FFFF), (0x8000_0000, 1),
      (0xFFFF_FFFF, 0xFFFF_FFFF), (0, 5), (5, 0), (10_001, 10_000), (32_769, 1),
    ] {
      for (depth, colour) in [(16, 6), (1, 0)] {
        Self.expectCheapRefusal(
          PNGBuilder.signature
            + PNGBuilder.header(width, height, depth: depth, colour: colour) + end)
      }
    }
  }

  @Test("a hundred million pixels that are not there cost no memory")
  func dimensionBomb() {
    for interlace in [0, 1] {
      Self.expectCheapRefusal(
        PNGBuilder.file(
          header: PNGBuilder.header(10_000, 10_000, depth: 16, colour: 6, interlace: interlace),
          raw: [0, 1, 2, 3]))
    }
  }

  @Test("a profile that inflates beyond its limit is left out")
  func profileBomb() throws {
    let profile = MetadataBuilder.profile(size: 5 << 20)
    let png = PNGBuilder.inserting(
      PNGBuilder.chunk("iCCP", Array("x\0\0".utf8) + PNGBuilder.zlib(profile)),
      into: try PictureEncoder.encode(.waves(width: 8, height: 8), as: .png))
    do {
      let decoded = try PictureDecoder.decode(png)
      #expect(decoded.picture.iccProfile == nil)
    } catch {
      #expect(error.cause == .unusablePicture)
    }
  }

  @Test("large chunks of others are passed over", arguments: ["caBX", "fdAT", "iTXt"])
  func largeChunks(name: String) throws {
    let picture = Picture.waves(width: 8, height: 8)
    let chunk = PNGBuilder.chunk(name, [UInt8](repeating: 65, count: 5 << 20))
    let decoded = try PictureDecoder.decode(
      PNGBuilder.inserting(chunk, into: try PictureEncoder.encode(picture, as: .png)))
    #expect(decoded.picture == picture)
    #expect(
      decoded.warnings == (name == "iTXt" ? ["text of more than 4 MiB was left out"] : []))
  }

  @Test("a palette index past the palette gives some colour or a refusal")
  func paletteIndex() {
    let png = PNGBuilder.file(
      header: PNGBuilder.header(4, 1, depth: 8, colour: 3), raw: [0, 0, 1, 7, 255],
      before: PNGBuilder.chunk("PLTE", [1, 2, 3, 4, 5, 6]))
    let first = try? PictureDecoder.decode(png)
    #expect(first?.picture.samples.prefix(6).elementsEqual([1, 2, 3, 4, 5, 6]) != false)
    #expect(first?.picture == (try? PictureDecoder.decode(png))?.picture)
  }

  @Test("broken PNG structure is refused")
  func structure() throws {
    let header = PNGBuilder.header(2, 1)
    let raw = PNGBuilder.chunk("IDAT", PNGBuilder.zlib([0, 1, 2, 3, 4, 5, 6]))
    let end = PNGBuilder.chunk("IEND")
    #expect(refusal(of: PNGBuilder.file(header, raw, end)) == nil)
    for chunks in [
      [], header, end, header + end, raw + end, header + header + raw + end,
      PNGBuilder.header(2, 1, depth: 3) + raw + end, PNGBuilder.header(2, 1, colour: 5) + raw + end,
      PNGBuilder.header(2, 1, colour: 3) + raw + end, PNGBuilder.header(2, 2) + raw + end,
      PNGBuilder.header(2, 1, interlace: 2) + raw + end,
      header + PNGBuilder.chunk("QRST", [1]) + raw + end,
      header + PNGBuilder.chunk("IDAT", PNGBuilder.zlib([9, 1, 2, 3, 4, 5, 6])) + end,
    ] {
      Self.expectCheapRefusal(PNGBuilder.signature + chunks)
    }
    let apple = PNGBuilder.signature + PNGBuilder.chunk("CgBI", [0, 0, 0, 0]) + header + raw + end
    Self.expectCheapRefusal(apple, saying: "Apple")
  }

  // MARK: JPEG

  @Test("a progressive JPEG may have 100 scans")
  func scans() {
    #expect(refusal(of: JPEGBuilder.emptyScans(100, width: 64, height: 64)) == nil)
    Self.expectCheapRefusal(JPEGBuilder.emptyScans(101, width: 64, height: 64), saying: "scans")
    let bomb = JPEGBuilder.emptyScans(5000, width: 8000, height: 8000)
    Self.expectCheapRefusal(bomb, saying: "scans", megabytes: 512)
    // The largest pictures may have fewer.
    Self.expectCheapRefusal(
      JPEGBuilder.emptyScans(40, width: 8000, height: 8000), saying: "scans", megabytes: 512)
    #expect(refusal(of: JPEGBuilder.emptyScans(39, width: 8000, height: 8000)) == nil)
  }

  @Test("JPEG kinds that cannot be read are refused")
  func jpegKinds() throws {
    let good = JPEGBuilder.flat([100])
    let frame = try #require(good.indices.first { good[$0] == 0xFF && good[$0 + 1] == 0xC0 })
    var twelveBits = good
    twelveBits[frame + 4] = 12
    var lossless = good
    lossless[frame + 1] = 0xC3
    var noHeight = good
    noHeight.replaceSubrange(frame + 5..<frame + 7, with: [0, 0])
    let tables = [0xFF, 0xD8] + JPEGBuilder.quantisation + [0xFF, 0xD9]
    let stub: [UInt8] = [0xFF, 0xD8, 0xFF]
    for bytes in [twelveBits, lossless, noHeight, tables, stub, stub + [0xD9]] {
      Self.expectCheapRefusal(bytes)
    }
    #expect(refusal(of: JPEGBuilder.flat([1, 2]))?.cause == .unusablePicture)
    #expect(refusal(of: JPEGBuilder.flat([1, 2, 3, 4, 5]))?.cause == .unusablePicture)
  }

  @Test("a JPEG that is cut short is decoded with one warning")
  func cutJPEG() throws {
    let picture = Picture.waves(width: 96, height: 96)
    let bytes = try PictureEncoder.encode(picture, as: .jpeg)
    let decoded = try PictureDecoder.decode(Array(bytes.prefix(bytes.count * 3 / 4)))
    #expect(decoded.damage.map { (0.2...0.5).contains($0.missingShare) } == true)
    #expect(decoded.warnings.isEmpty)
    #expect(decoded.picture.pixel(5, 5).elementsEqual(picture.pixel(5, 5)) { abs($0 - $1) < 16 })
  }

  // MARK: WebP

  @Test("an animated WebP's canvas is checked before it is made")
  func hugeCanvas() throws {
    let frame = try PictureEncoder.encode(
      .waves(width: 8, height: 6), as: .webp, options: EncodingOptions(lossless: true))
    let bomb = WebPBuilder.animation(
      canvas: (16_383, 16_383), frame: frame, size: (8, 6), count: 50)
    Self.expectCheapRefusal(bomb, saying: "16383 x 16383")
  }

  @Test("an animated WebP gives its first frame on its canvas")
  func animation() throws {
    let picture = Picture.waves(width: 8, height: 6)
    let frame = try PictureEncoder.encode(
      picture, as: .webp, options: EncodingOptions(lossless: true))
    let bytes = WebPBuilder.animation(
      canvas: (20, 10), frame: frame, at: (4, 2), size: (8, 6), count: 3)
    let decoded = try PictureDecoder.decode(bytes)
    #expect(decoded.info.frameCount == 3 && decoded.warnings.count == 1)
    #expect(decoded.picture.width == 20 && decoded.picture.layout == .rgba)
    #expect(decoded.picture.pixel(0, 0) == [0, 0, 0, 0])
    #expect(decoded.picture.pixel(4, 2) == picture.pixel(0, 0) + [255])
    #expect(decoded.picture.pixel(11, 7) == picture.pixel(7, 5) + [255])
    #expect(decoded.picture.pixel(12, 7) == [0, 0, 0, 0])
  }

  @Test("WebP containers that lie are refused")
  func webpLies() throws {
    let still = try PictureEncoder.encode(
      .waves(width: 8, height: 6), as: .webp, options: EncodingOptions(lossless: true))
    let bare = WebPBuilder.pictureChunk(of: still)
    for (width, height) in [(9, 6), (8, 5), (1 << 24, 1 << 24), (16_383, 1), (1, 1)] {
      Self.expectCheapRefusal(
        WebPBuilder.file(WebPBuilder.extendedHeader(width, height, flags: 0) + bare))
    }
    // Frames that do not lie on the canvas. The size in their own data counts, not the claimed one.
    for (position, size) in [
      ((14, 4), (8, 6)), ((2, 6), (8, 6)), ((14, 4), (6, 6)), ((2, 6), (8, 4)),
      ((0xFF_FFFE, 0), (8, 6)),
    ] {
      Self.expectCheapRefusal(
        WebPBuilder.animation(canvas: (20, 10), frame: still, at: position, size: size))
    }
    Self.expectCheapRefusal(WebPBuilder.file([]))
    Self.expectCheapRefusal(WebPBuilder.file(WebPBuilder.chunk("VP8L", [])))
    Self.expectCheapRefusal(
      WebPBuilder.file(WebPBuilder.chunk("VP8L", [0x2F, 255, 255, 255, 255])))
    Self.expectCheapRefusal(
      WebPBuilder.file(WebPBuilder.chunk("VP8 ", bare, length: 0xFFFF_FFF0)))
    // The largest picture that a header of some bytes can claim within the limits.
    let claim = 9_999 | 9_999 << 14
    let header = [0x2F] + (0..<4).map { UInt8(truncatingIfNeeded: claim >> (8 * $0)) }
    Self.expectCheapRefusal(
      WebPBuilder.file(WebPBuilder.chunk("VP8L", header + [UInt8](repeating: 0x55, count: 64))),
      megabytes: 512)
  }
}
