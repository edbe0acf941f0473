import Foundation
import TestSupport
import Testing

/// Options that contradict themselves, each other or the format: refused before any work.
@Suite struct OptionTests {
  struct Refused: CustomTestStringConvertible, Sendable {
    let output: String
    let options: [String]
    let sentence: String

    var testDescription: String { ([output] + options).joined(separator: " ") }

    init(_ output: String, _ options: [String], _ sentence: String) {
      self.output = output
      self.options = options
      self.sentence = sentence
    }
  }

  @Test(
    "A refused option exits 64 with one sentence",
    arguments: [
      Refused("out.tiff", [], "cannot tell the format"),
      Refused("out", [], "cannot tell the format"),
      Refused("out.png", ["--format", "gif"], "must be png, jpeg or webp"),
      Refused("out.jpg", ["--quality", "0"], "from 1 to 100"),
      Refused("out.jpg", ["--quality", "101"], "from 1 to 100"),
      Refused("out.png", ["--quality", "80"], "PNG has no quality"),
      Refused("out.jpg", ["--lossless"], "JPEG always loses"),
      Refused("out.webp", ["--lossless", "--quality", "80"], "choose one of --lossless and"),
      Refused("out.png", ["--depth", "12"], "8 or 16"),
      Refused("out.jpg", ["--depth", "16"], "needs a PNG output"),
      Refused("out.webp", ["--depth", "16"], "needs a PNG output"),
      Refused("out.png", ["--scale", "0"], "above 0"),
      Refused("out.png", ["--scale=-2"], "above 0"),
      Refused("out.png", ["--scale", "nan"], "above 0"),
      Refused("out.png", ["--scale", "1000"], "up to 64"),
      Refused("out.png", ["--threads", "0"], "from 1 to 1024"),
      Refused("out.png", ["--tile", "1"], "--tile must be"),
      Refused("out.png", ["--max-memory", "lots"], "--max-memory must be"),
      Refused("out.png", ["--precision", "best"], "must be exact or fast"),
      Refused("out.png", ["--max-pixels", "0"], "at least 1"),
      Refused("out.png", ["--quiet", "--verbose"], "choose one of --quiet and --verbose"),
      Refused("", [], "name of the output is empty"),
    ])
  func refused(_ refused: Refused) throws {
    let folder = try TemporaryFolder()
    let result = try ProcessRunner.run(
      Command.path, ["image", Command.photo, refused.output] + refused.options, in: folder.url)
    if refused.output.isEmpty {
      expectRefusal(result, 64, saying: "cannot tell the format")
    } else {
      expectRefusal(result, 64, saying: refused.sentence)
    }
    #expect(folder.names.isEmpty)
  }

  @Test("A result that no memory holds is refused before the computing")
  func memory() throws {
    let folder = try TemporaryFolder()
    try folder.write(Samples.grayPNG(width: 30_000, height: 1000), as: "in.png")
    // Of 1,920,000 x 64,000 pixels not even the rows of a small tile fit.
    let result = try Command.run(
      "image", "in.png", "out.png", "-m", Command.quickModel, "-s", "64", "--depth", "16",
      "--max-memory", "500M", in: folder)
    expectRefusal(result, 75, saying: "even the smallest tiles need")
    #expect(folder.names == ["in.png"])
  }

  @Test("An output that the format cannot hold is refused before the computing")
  func formatLimit() throws {
    let folder = try TemporaryFolder()
    try folder.write(Samples.grayPNG(width: 4200, height: 8), as: "wide.png")
    let result = try Command.run(
      "image", "wide.png", "wide.webp", "--model", Command.quickModel, in: folder)
    expectRefusal(result, result.exitCode ?? -1, saying: "16383")
    #expect([64, 73].contains(result.exitCode))
    #expect(folder.names == ["wide.png"])
  }
}
