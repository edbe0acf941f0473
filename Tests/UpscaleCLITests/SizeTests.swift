import Foundation
import TestSupport
import Testing
import Upscale

/// `--size` and the limits of `--scale`, through the command.
@Suite struct SizeTests {
  private static let quick = ["-m", Command.quickModel]

  @Test(
    "A picture gets the size that is asked for",
    arguments: [
      // The photo has 160x120 pixels.
      ("320x240", 320, 240), ("400x240", 320, 240), ("200x", 200, 150), ("x90", 120, 90),
      ("300x300<", 300, 225), ("100x100<", 160, 120), ("100x100>", 100, 75),
      ("300x300>", 160, 120), ("90x200!", 90, 200),
    ])
  func sizes(text: String, width: Int, height: Int) throws {
    let folder = try TemporaryFolder()
    let result = try ProcessRunner.run(
      Command.path, ["image", Command.photo, "out.png", "--size", text] + Self.quick,
      in: folder.url)
    #expect(result.exitCode == 0, "\(result.standardError)")
    let picture = try PictureDecoder.decode(folder.read("out.png")).picture
    #expect((picture.width, picture.height) == (width, height))
  }

  @Test("Sides are those of the picture as it is seen")
  func orientation() throws {
    let folder = try TemporaryFolder()
    let exif = MetadataBuilder.exif(orientation: 6, withPrefix: true)
    let jpeg = JPEGBuilder.inserting(
      JPEGBuilder.segment(0xE1, exif), into: try Samples.colour(.jpeg, width: 40, height: 24))
    try folder.write(jpeg, as: "turned.jpg")
    let result = try Command.run(
      "image", "turned.jpg", "out.png", "--size", "48x", "-m", Command.quickModel, in: folder)
    #expect(result.exitCode == 0, "\(result.standardError)")
    let picture = try PictureDecoder.decode(folder.read("out.png")).picture
    #expect((picture.width, picture.height) == (48, 80))
  }

  @Test("The plan says whether the network is applied, how often, and what the result's size is")
  func plan() throws {
    func plan(_ options: String...) throws -> String {
      let result = try ProcessRunner.run(
        Command.path,
        ["image", Command.photo, "out.png", "--dry-run", "--json"] + Self.quick + options)
      #expect(result.exitCode == 0, "\(result.standardError)")
      return String(decoding: result.standardOutput, as: UTF8.self)
    }
    let reduced = try plan("--size", "80x60")
    #expect(reduced.contains(#""width":80,"height":60,"network":false,"passes":0"#), "\(reduced)")
    let large = try plan("--scale", "8")
    #expect(large.contains(#""width":1280,"height":960,"network":true,"passes":2"#), "\(large)")
    let half = try Command.run(
      "image", Command.photo, "out.png", "--dry-run", "-s", "0.5", "-m", Command.quickModel)
    #expect(
      String(decoding: half.standardOutput, as: UTF8.self).contains("without the network"))
  }

  @Test("A size that a format cannot hold, and one beyond all memory, are refused before the work")
  func impossible() throws {
    let folder = try TemporaryFolder()
    try folder.write(Samples.grayPNG(width: 1, height: 4000), as: "thin.png")
    for (output, options, code, sentence) in [
      ("out.jpg", ["--size", "1000x"], 73, "has at most 65500"),
      ("out.png", ["--size", "1000000x"], 73, "has at most"),
      ("out.png", ["--size", "100000x100000!"], 75, "more than 16 million pixels a side"),
    ] {
      let result = try ProcessRunner.run(
        Command.path, ["image", "thin.png", output] + options + Self.quick, in: folder.url)
      expectRefusal(result, Int32(code), saying: sentence)
    }
    #expect(folder.names == ["thin.png"])
  }

  @Test("A batch gives every picture the size, names it, and does it again for another one")
  func batch() throws {
    let folder = try TemporaryFolder()
    try FileManager.default.createDirectory(
      atPath: folder.path("in"), withIntermediateDirectories: false)
    for (name, width, height) in [("wide", 60, 30), ("high", 30, 60), ("small", 10, 10)] {
      try folder.write(
        try Samples.colour(.png, width: width, height: height), as: "in/\(name).png")
    }
    func run(_ options: String...) throws -> ProcessRunner.Result {
      try ProcessRunner.run(
        Command.path, ["batch", "in", "out"] + Self.quick + options, in: folder.url)
    }
    let first = try run("--size", "40x40>", "--name", "{stem}_{size}.{ext}")
    #expect(first.exitCode == 0, "\(first.standardError)")
    for (name, width, height) in [("wide", 40, 20), ("high", 20, 40), ("small", 10, 10)] {
      let picture = try PictureDecoder.decode(folder.read("out/\(name)_40x40.png")).picture
      #expect((picture.width, picture.height) == (width, height), "\(name)")
    }
    let again = try run("--size", "40x40>", "--name", "{stem}_{size}.{ext}")
    #expect(again.standardError.contains("3 done before"), "\(again.standardError)")
    let other = try run("--size", "40x40", "--name", "{stem}_{size}.{ext}")
    #expect(other.standardError.contains("3 done"), "\(other.standardError)")
    expectRefusal(
      try run("--size", "40x40", "--name", "{stem}_{scale}x.{ext}"), 64, saying: "use {size}")
    expectRefusal(try run("--name", "{stem}_{size}.{ext}"), 64, saying: "use {scale}")
    expectRefusal(
      try run("--size", "40x", "--scale", "2"), 64, saying: "choose one of --size and --scale")
  }
}
