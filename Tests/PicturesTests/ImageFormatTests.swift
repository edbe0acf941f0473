import Pictures
import SystemSupport
import TestSupport
import Testing

@Suite("Picture formats")
struct ImageFormatTests {
  @Test(
    "a name's extension stands for a format in any case",
    arguments: [
      ("a.png", PictureFormat.png), ("b.PNG", .png), ("dir.jpg/c.Jpeg", .jpeg), ("d.jpe", .jpeg),
      ("e.jfif", .jpeg), ("f.tar.webp", .webp), ("g.gif", nil), ("png", nil), ("dir.png/h", nil),
      ("", nil), ("i.", nil),
    ])
  func fileNames(name: String, format: PictureFormat?) {
    #expect(PictureFormat(fileName: name) == format)
  }

  @Test("the format is told from the contents", arguments: PictureFormat.allCases)
  func detection(format: PictureFormat) throws {
    let bytes = try PictureEncoder.encode(.waves(width: 9, height: 7), as: format)
    #expect(PictureFormat.detect(bytes) == format)
    #expect(try PictureDecoder.decode(bytes).info.format == format)
    #expect(PictureFormat.detect(Array(bytes.prefix(2))) == nil)
  }

  @Test(
    "other formats are refused by name",
    arguments: [
      ("GIF89a......", "a GIF"), ("II*\u{0}....", "a TIFF"), ("MM\u{0}*....", "a TIFF"),
      ("BM....\0\0\0\0..", "a BMP"), ("\0\0\0\u{18}ftypheic\0\0\0\0mif1heic", "an HEIC"),
      ("\0\0\0\u{18}ftypmif1\0\0\0\0avifmif1", "an AVIF"),
      ("\0\0\0\u{18}ftypisom\0\0\0\0isommp41", "a video"),
      ("\0\0\0\u{0C}JXL \r\n", "a JPEG XL"), ("%PDF-1.7", "a PDF"), ("8BPS\0\u{1}", "a Photoshop"),
      ("<?xml version='1.0'?><svg xmlns=", "an SVG"), ("P6\n10 10\n255\n", "a Netpbm"),
    ])
  func foreign(text: String, name: String) {
    let error = refusal(of: Array(text.utf8))
    #expect(error?.cause == .unusablePicture)
    #expect(error?.message.contains(name) == true, "\(error?.message ?? "no error")")
  }

  @Test("a bare JPEG XL stream is refused by name")
  func bareJPEGXL() {
    #expect(refusal(of: [0xFF, 0x0A, 1, 2, 3])?.message.contains("JPEG XL") == true)
  }

  @Test(
    "what is no picture is refused", arguments: ["x", "hello", "RIFF....WAVE", "PNG", "\u{7F}"])
  func noPicture(text: String) {
    #expect(refusal(of: Array(text.utf8))?.cause == .unusablePicture)
  }

  @Test("an empty file is refused as such")
  func empty() {
    #expect(refusal(of: []) == UpscaleError(.empty, "the file is empty"))
  }

  @Test("sizes beyond the limits are refused by the header", arguments: PictureFormat.allCases)
  func limits(format: PictureFormat) throws {
    let bytes = try PictureEncoder.encode(.waves(width: 40, height: 30), as: format)
    var limits = PictureLimits()
    limits.pixels = 1200
    limits.side = 40
    #expect(refusal(of: bytes, limits: limits) == nil)
    limits.pixels = 1199
    #expect(
      refusal(of: bytes, limits: limits)?.cause
        == .limit(.init(.pixels, allowed: 1199, actual: 1200)))
    #expect(refusal(of: bytes, limits: limits)?.message.contains("40 x 30") == true)
    limits.pixels = 1200
    limits.side = 39
    #expect(
      refusal(of: bytes, limits: limits)?.cause
        == .limit(.init(.side, allowed: 39, actual: 40)))
    limits.side = 40
    limits.fileBytes = bytes.count - 1
    #expect(
      refusal(of: bytes, limits: limits)?.cause
        == .limit(.init(.fileBytes, allowed: bytes.count - 1, actual: bytes.count)))
    #expect(throws: UpscaleError.self) { try PictureDecoder.probe(bytes, limits: limits) }
  }

  @Test("the header alone tells what decoding tells", arguments: PictureFormat.allCases)
  func probe(format: PictureFormat) throws {
    let bytes = try PictureEncoder.encode(
      .waves(width: 33, height: 21, layout: .rgba), as: format)
    #expect(try PictureDecoder.probe(bytes) == PictureDecoder.decode(bytes).info)
  }

  @Test("a format's limits are known before any work")
  func encoderLimits() throws {
    try PictureEncoder.check(width: 16_383, height: 16_383, layout: .rgb, format: .webp)
    try PictureEncoder.check(width: 65_500, height: 1, layout: .rgb, format: .jpeg)
    for (side, format) in [(16_384, PictureFormat.webp), (65_501, .jpeg)] {
      #expect {
        try PictureEncoder.check(width: 1, height: side, layout: .rgb, format: format)
      } throws: { error in
        (error as? UpscaleError)?.cause == .cannotCreate
      }
    }
    let long = Picture.waves(width: 16_384, height: 1)
    #expect(throws: UpscaleError.self) { try PictureEncoder.encode(long, as: .webp) }
  }

  @Test("a quality out of range is the caller's mistake", arguments: [0, 101, -5])
  func quality(value: Int) {
    #expect {
      try PictureEncoder.encode(
        .waves(width: 4, height: 4), as: .jpeg, options: EncodingOptions(quality: value))
    } throws: { error in
      (error as? UpscaleError)?.cause == .usage
    }
  }
}
