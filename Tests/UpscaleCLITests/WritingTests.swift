import Foundation
import TestSupport
import Testing
import Upscale

/// How formats are written, through the command.
@Suite struct WritingTests {
  /// What the command writes of the photo at its own size, without a network.
  private func written(_ name: String, _ options: String...) throws -> [UInt8] {
    let folder = try TemporaryFolder()
    let result = try ProcessRunner.run(
      Command.path,
      ["image", Command.photo, name, "--size", "160x", "-m", Command.quickModel] + options,
      in: folder.url)
    #expect(result.exitCode == 0, "\(result.standardError)")
    return try folder.read(name)
  }

  private var photo: Picture {
    get throws { try PictureDecoder.decode(Samples.photo).picture }
  }

  /// The frame header of a JPEG: its marker, and the sampling factors of the components.
  private func frame(_ jpeg: [UInt8]) throws -> (marker: UInt8, sampling: [UInt8]) {
    var offset = 2
    while offset + 4 < jpeg.count {
      let marker = jpeg[offset + 1]
      if (0xC0...0xC2).contains(marker) {
        let count = Int(jpeg[offset + 9])
        return (marker, (0..<count).map { jpeg[offset + 11 + 3 * $0] })
      }
      offset += 2 + Int(jpeg[offset + 2]) << 8 + Int(jpeg[offset + 3])
    }
    throw UpscaleError(.unusablePicture, "no frame header")
  }

  @Test(
    "A JPEG has the colour resolution that is asked for",
    arguments: [
      (["--subsampling", "4:4:4"], 0x11), (["--subsampling", "4:2:2"], 0x21),
      (["--subsampling", "4:2:0"], 0x22), ([], 0x11), (["--quality", "80"], 0x22),
      (["--quality", "80", "--subsampling", "4:4:4"], 0x11),
    ] as [([String], UInt8)])
  func subsampling(options: [String], sampling: UInt8) throws {
    let folder = try TemporaryFolder()
    for extra in [[], ["--progressive"]] {
      let result = try ProcessRunner.run(
        Command.path,
        ["image", Command.photo, "out.jpg", "--size", "160x", "-m", Command.quickModel]
          + options + extra, in: folder.url)
      #expect(result.exitCode == 0, "\(result.standardError)")
      let jpeg = try folder.read("out.jpg")
      let found = try frame(jpeg)
      #expect(found.marker == (extra.isEmpty ? 0xC0 : 0xC2))
      #expect(found.sampling == [sampling, 0x11, 0x11])
      let difference = try PictureDifference(PictureDecoder.decode(jpeg).picture, photo)
      #expect(difference.psnr > 30)
    }
  }

  @Test("Progressive or not, the pixels are the same")
  func progressive() throws {
    let (plain, progressive) = (try written("a.jpg"), try written("a.jpg", "--progressive"))
    #expect(plain != progressive)
    #expect(
      try PictureDecoder.decode(plain).picture.bytes
        == PictureDecoder.decode(progressive).picture.bytes)
  }

  @Test("A PNG is the same picture at every effort, and stored without any")
  func compression() throws {
    let files = try ["0", "1", "4", "9"].map { try written("a.png", "--compression", $0) }
    for file in files { #expect(try PictureDecoder.decode(file).picture.bytes == photo.bytes) }
    #expect(files[0].count > 160 * 120 * 3)
    #expect(files[1...].allSatisfy { $0.count < files[0].count && $0 != files[0] })
    #expect(try written("a.png") == files[2])
  }

  @Test(
    "WebP without loss is the picture at every effort; nearly without loss it is close, and smaller"
  )
  func webp() throws {
    for effort in 0...6 {
      let file = try written("a.webp", "--lossless", "--effort", "\(effort)")
      #expect(try PictureDecoder.decode(file).picture.bytes == photo.bytes)
    }
    #expect(try written("a.webp", "--lossless") == written("a.webp", "--lossless", "--effort", "4"))
    #expect(try written("a.webp") == written("a.webp", "--effort", "4"))
    #expect(try written("a.webp") != written("a.webp", "--effort", "0"))
    let whole = try written("a.webp", "--lossless")
    #expect(try written("a.webp", "--near-lossless", "100") == whole)
    let near = try written("a.webp", "--near-lossless", "40")
    let difference = try PictureDifference(PictureDecoder.decode(near).picture, photo)
    #expect(near.count < whole.count)
    #expect(difference.maximum > 0 && difference.maximum <= 16)
  }

  @Test(
    "A progressive JPEG whose coefficients do not fit is refused before the work",
    .disabled(if: Sanitizer.isOn, "shadow memory is larger than any limit"))
  func memory() throws {
    let folder = try TemporaryFolder()
    try folder.write(Samples.grayPNG(width: 9000, height: 7000), as: "in.png")
    let arguments = [
      "image", "in.png", "out.jpg", "--size", "8000x", "-m", Command.quickModel, "--dry-run",
      "--max-memory", "100M",
    ]
    let plain = try ProcessRunner.run(Command.path, arguments, in: folder.url)
    #expect(plain.exitCode == 0, "\(plain.standardError)")
    expectRefusal(
      try ProcessRunner.run(Command.path, arguments + ["--progressive"], in: folder.url), 75,
      saying: "not enough memory")
  }

  @Test("In a batch, formats get the choices that they have, and a change does outputs again")
  func batch() throws {
    let folder = try TemporaryFolder()
    try FileManager.default.createDirectory(
      atPath: folder.path("in"), withIntermediateDirectories: false)
    for format in PictureFormat.allCases {
      try folder.write(try Samples.colour(format), as: "in/a.\(format.rawValue)")
    }
    func run(_ options: String...) throws -> ProcessRunner.Result {
      try ProcessRunner.run(
        Command.path, ["batch", "in", "out", "-m", Command.quickModel, "-s", "1"] + options,
        in: folder.url)
    }
    let options = [
      "--progressive", "--subsampling", "4:2:2", "--compression", "9", "--effort", "0",
    ]
    let first = try run(options[0], options[1], options[2], options[3], options[4])
    #expect(first.exitCode == 0, "\(first.standardError)")
    let found = try frame(folder.read("out/a.jpeg"))
    #expect(found.marker == 0xC2 && found.sampling == [0x21, 0x11, 0x11])
    let again = try run(options[0], options[1], options[2], options[3], options[4])
    #expect(again.standardError.contains("3 done before"), "\(again.standardError)")
    let other = try run(options[0], options[1], options[2], options[3], options[4], "--effort", "1")
    #expect(other.standardError.contains("3 done"), "\(other.standardError)")
    #expect(!other.standardError.contains("done before"), "\(other.standardError)")
  }
}
