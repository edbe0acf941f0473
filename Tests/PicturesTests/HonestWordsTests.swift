import Foundation
import SystemSupport
import TestSupport
import Testing

@testable import Pictures

/// Faults of files by which no pixel can be wrong are no alarm; those by which one can are.
@Suite("Honest words") struct HonestWordsTests {
  private static let picture = Picture.waves(width: 40, height: 24, noise: 0)

  /// The words about a file whose pixels are those of the picture.
  private func words(
    _ bytes: [UInt8], of picture: Picture = picture, _ name: String
  ) throws -> [String] {
    let decoded = try PictureDecoder.decode(bytes)
    #expect(decoded.picture.bytes == picture.bytes, "\(name)")
    #expect(decoded.damage == nil, "\(name)")
    return decoded.warnings
  }

  /// The parts of the picture's PNG.
  private func parts() throws -> (start: [UInt8], data: [UInt8], end: [UInt8]) {
    let png = try PictureEncoder.encode(Self.picture, as: .png)
    let start = Array(png[..<33])
    let length = Int(png[35]) << 8 | Int(png[36])
    return (start, Array(png[41..<41 + length]), Array(png.suffix(12)))
  }

  private func join(_ parts: [UInt8]...) -> [UInt8] { Array(parts.joined()) }

  private func flawed(_ name: String, _ data: [UInt8]) -> [UInt8] {
    var chunk = PNGBuilder.chunk(name, data)
    chunk[chunk.count - 1] ^= 1
    return chunk
  }

  @Test("PNG: checksums of texts, odd chunks and what follows the pixels are no alarm")
  func harmlessPNG() throws {
    let (start, data, end) = try parts()
    let pixels = PNGBuilder.chunk("IDAT", data)
    let text = Array("Comment\0hello".utf8)
    for (name, file) in [
      ("checksum of a text", join(start, flawed("tEXt", text), pixels, end)),
      ("checksum of a text behind", join(start, pixels, flawed("tEXt", text), end)),
      ("checksum of a time", join(start, flawed("tIME", [7, 224, 1, 1, 1, 1, 1]), pixels, end)),
      (
        "an impossible time",
        join(start, PNGBuilder.chunk("tIME", [UInt8](repeating: 255, count: 7)), pixels, end)
      ),
      ("checksum of an unknown chunk", join(start, flawed("prVt", [1]), pixels, end)),
      ("bytes behind the end", join(start, pixels, end, [UInt8](repeating: 7, count: 99))),
      ("an end marker with contents", join(start, pixels, PNGBuilder.chunk("IEND", [1, 2, 3]))),
      (
        "empty pixel chunks",
        join(start, PNGBuilder.chunk("IDAT"), pixels, PNGBuilder.chunk("IDAT"), end)
      ),
      ("more pixel chunks", join(start, pixels, PNGBuilder.chunk("IDAT", [1, 2, 3]), end)),
      (
        "bytes behind the compressed ones",
        join(start, PNGBuilder.chunk("IDAT", data + [9, 9]), end)
      ),
      (
        "a palette of a true-colour picture, broken",
        join(start, PNGBuilder.chunk("PLTE", [1, 2, 3, 4]), pixels, end)
      ),
      (
        "a window smaller than what is used",
        join(start, PNGBuilder.chunk("IDAT", [0x18, 0x19] + data[2...]), end)
      ),
    ] as [(String, [UInt8])] {
      #expect(try words(file, name).isEmpty, "\(name)")
    }
    let rows = [UInt8](repeating: 0, count: 3 * 13)
    let more = PNGBuilder.file(header: PNGBuilder.header(4, 2), raw: rows)
    let black = Picture(
      width: 4, height: 2, layout: .rgb, bytes: [UInt8](repeating: 0, count: 24))
    #expect(try words(more, of: black, "more rows than the header says").isEmpty)
  }

  @Test("PNG: a cut or flawed end is told in a word, and is no damage")
  func ends() throws {
    let (start, data, end) = try parts()
    let pixels = PNGBuilder.chunk("IDAT", data)
    let text = PNGBuilder.chunk("tEXt", Array("Comment\0hello".utf8))
    for cut in 1..<text.count + end.count {
      let file = Array((start + pixels + text + end).dropLast(cut))
      #expect(try words(file, "cut by \(cut)").map { $0.contains("end marker") } == [true])
    }
    for cut in 0...8 {
      let file = Array((start + pixels).dropLast(cut))
      #expect(
        try words(file, "checksums cut by \(cut)").map { $0.contains("end marker") } == [true])
    }
    for (name, file) in [
      ("checksum of the end marker", join(start, pixels, flawed("IEND", []))),
      (
        "no checksum of the pixels' compression",
        join(start, PNGBuilder.chunk("IDAT", data.dropLast(4)), end)
      ),
      ("rubbish in place of the end", join(start, pixels, [UInt8](repeating: 0x80, count: 40))),
    ] as [(String, [UInt8])] {
      #expect(try words(file, name).map { $0.contains("has every pixel") } == [true], "\(name)")
    }
  }

  @Test("PNG: where a pixel can be wrong, the file is refused or the damage told")
  func harmfulPNG() throws {
    let (start, data, end) = try parts()
    for (name, file) in [
      ("checksum of the pixels' chunk", join(start, flawed("IDAT", data), end)),
      (
        "checksum of their compression",
        join(start, PNGBuilder.chunk("IDAT", data.dropLast() + [data[data.count - 1] ^ 1]), end)
      ),
      ("pixels missing", join(start, PNGBuilder.chunk("IDAT", data.dropLast(40)), end)),
      ("pixels missing, and the end", join(start, PNGBuilder.chunk("IDAT", data.dropLast(40)))),
    ] as [(String, [UInt8])] {
      #expect(refusal(of: file)?.cause == .unusablePicture, "\(name)")
    }
    let pixels = PNGBuilder.chunk("IDAT", data)
    for (name, chunk) in [
      ("a transparent colour that cannot be read", PNGBuilder.chunk("tRNS", [1, 2, 3])),
      ("checksum of a transparent colour", flawed("tRNS", [0, 1, 0, 2, 0, 3])),
    ] as [(String, [UInt8])] {
      #expect(
        try PictureDecoder.decode(start + chunk + pixels + end).damage?.isAltered == true, "\(name)"
      )
    }
  }

  @Test("JPEG: stray bytes, missing ends and versions are no alarm; cut pixels are")
  func jpeg() throws {
    let plain = try PictureEncoder.encode(Self.picture, as: .jpeg)
    let whole = try PictureDecoder.decode(plain).picture
    var scan = 2
    while plain[scan + 1] != 0xDA { scan += 2 + Int(plain[scan + 2]) << 8 + Int(plain[scan + 3]) }
    let selection = scan + 2 + Int(plain[scan + 3]) - 3
    func changing(_ change: (inout [UInt8]) -> Void) -> [UInt8] {
      var file = plain
      change(&file)
      return file
    }
    func beforeEnd(_ bytes: [UInt8]) -> [UInt8] {
      join(plain.dropLast(2), bytes, plain.suffix(2))
    }
    for (name, file) in [
      (
        "phones' scan parameters",
        changing { $0.replaceSubrange(selection..<selection + 3, with: [3, 63, 0]) }
      ),
      (
        "scan parameters of zeros",
        changing { $0.replaceSubrange(selection..<selection + 3, with: [0, 0, 0]) }
      ),
      (
        "scan parameters of others",
        changing { $0.replaceSubrange(selection..<selection + 3, with: [0, 63, 0x10]) }
      ),
      ("stray bytes before the end", beforeEnd([1, 2, 3, 4, 5])),
      ("zeros before the end", beforeEnd([UInt8](repeating: 0, count: 64))),
      ("fill bytes before the end", beforeEnd([0xFF, 0xFF, 0xFF])),
      ("a comment before the end", beforeEnd(JPEGBuilder.segment(0xFE, [1, 2]))),
      ("no end", Array(plain.dropLast(2))), ("half an end", Array(plain.dropLast())),
      ("bytes behind the end", join(plain, [UInt8](repeating: 3, count: 50))),
      ("two ends", join(plain, [0xFF, 0xD9])),
      ("a version that is not known", changing { if $0[2] == 0xFF, $0[3] == 0xE0 { $0[11] = 2 } }),
      ("stray bytes between segments", join(Array(plain[..<20]), [0, 0, 7], Array(plain[20...]))),
    ] as [(String, [UInt8])] {
      #expect(try words(file, of: whole, name).isEmpty, "\(name)")
    }
    for cut in [40, plain.count / 3] {
      #expect(try PictureDecoder.decode(Array(plain.dropLast(cut))).damage != nil, "cut by \(cut)")
    }
  }
}
