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
      Refused("out.png", ["--format", "gif"], "'png', 'jpeg' or 'webp'"),
      Refused("out.jpg", ["--quality", "0"], "from 1 to 100"),
      Refused("out.jpg", ["--quality", "101"], "from 1 to 100"),
      Refused("out.png", ["--quality", "80"], "PNG has no quality"),
      Refused("out.jpg", ["--lossless"], "JPEG always loses"),
      Refused("out.webp", ["--lossless", "--quality", "80"], "choose one of --lossless and"),
      Refused("out.png", ["--depth", "12"], "'8' and '16'"),
      Refused("out.jpg", ["--depth", "16"], "needs a PNG output"),
      Refused("out.webp", ["--depth", "16"], "needs a PNG output"),
      Refused("out.png", ["--scale", "0"], "from 0.1 to 16"),
      Refused("out.png", ["--scale=-2"], "from 0.1 to 16"),
      Refused("out.png", ["--scale", "nan"], "from 0.1 to 16"),
      Refused("out.png", ["--scale", "inf"], "'inf' is invalid"),
      Refused("out.png", ["--scale", "0x10"], "'0x10' is invalid"),
      Refused("out.png", ["--scale", "1e0"], "'1e0' is invalid"),
      Refused("out.png", ["--scale", " 4"], "' 4' is invalid"),
      Refused("out.png", ["--scale", "+4"], "'+4' is invalid"),
      Refused("out.png", ["--scale", "4x"], "'4x' is invalid"),
      Refused("out.png", ["--scale", "4,5"], "'4,5' is invalid"),
      Refused("out.png", ["--scale", "two"], "'two' is invalid"),
      Refused("out.png", ["--scale", ""], "'' is invalid"),
      Refused("out.png", ["--scale", "٤"], "from 0.1 to 16"),
      Refused("out.png", ["--threads", "0x2"], "'0x2' is invalid"),
      Refused("out.png", ["--threads", "99999999999999999999"], "from 1 to 1024"),
      Refused("out.png", ["--tile", "+64"], "'+64' is invalid"),
      Refused("out.jpg", ["--quality", "9e1"], "'9e1' is invalid"),
      Refused("out.png", ["--depth", "0x10"], "'0x10' is invalid"),
      Refused("out.png", ["--max-memory", "0x10M"], "'0x10M' is invalid"),
      Refused("out.png", ["--max-memory", "1e3M"], "such as 800M"),
      Refused("out.png", ["--max-memory", " 4G"], "such as 800M"),
      Refused("out.png", ["--max-memory=-4G"], "such as 800M"),
      Refused("out.png", ["--max-side", "1.5"], "'1.5' is invalid"),
      Refused("out.png", ["--format", "p\ng"], #"'p\ng' is invalid"#),
      Refused("out.png", ["--scale", "1000"], "from 0.1 to 16"),
      Refused("out.png", ["--scale", "16.01"], "from 0.1 to 16"),
      Refused("out.png", ["--scale", "0.099"], "from 0.1 to 16"),
      Refused("out.png", ["--size", "800"], "WxH, Wx or xH"),
      Refused("out.png", ["--size", "800x!"], "WxH, Wx or xH"),
      Refused("out.png", ["--size", "0x5"], "sides from 1 to 1000000"),
      Refused("out.png", ["--size", "80x", "--scale", "2"], "choose one of --size and --scale"),
      Refused("out.png", ["--subsampling", "4:2:0"], "--subsampling is for JPEG, not PNG"),
      Refused("out.webp", ["--progressive"], "--progressive is for JPEG, not WebP"),
      Refused("out.jpg", ["--near-lossless", "60"], "--near-lossless is for WebP, not JPEG"),
      Refused("out.png", ["--effort", "6"], "--effort is for WebP, not PNG"),
      Refused("out.jpg", ["--compression", "9"], "--compression is for PNG, not JPEG"),
      Refused("out.png", ["--compression", "10"], "from 0 to 9"),
      Refused("out.webp", ["--effort", "7"], "from 0 to 6"),
      Refused("out.webp", ["--near-lossless", "101"], "from 0 to 100"),
      Refused("out.jpg", ["--subsampling", "4:1:1"], "'4:4:4', '4:2:2' or '4:2:0'"),
      Refused("out.webp", ["--lossless", "--near-lossless", "5"], "choose one of --near-lossless"),
      Refused("out.webp", ["--quality", "9", "--near-lossless", "5"], "and --quality"),
      Refused("out.png", ["--threads", "0"], "from 1 to 1024"),
      Refused("out.png", ["--tile", "1"], "from 16 to 32768"),
      Refused("out.png", ["--max-memory", "lots"], "such as 800M"),
      Refused("out.png", ["--precision", "best"], "'exact' and 'fast'"),
      Refused("out.png", ["--max-pixels", "0"], "at least 1"),
      Refused("out.png", ["--quiet", "--verbose"], "choose one of --quiet and --verbose"),
      Refused("", [], "name of the output is empty"),
    ])
  func refused(_ refused: Refused) throws {
    let folder = try TemporaryFolder()
    let result = try ProcessRunner.run(
      Command.path, ["image", Command.photo, refused.output] + refused.options, in: folder.url)
    expectRefusal(result, 64, saying: refused.sentence)
    #expect(folder.names.isEmpty)
  }

  @Test("Numbers with a decimal point are numbers")
  func decimals() throws {
    let folder = try TemporaryFolder()
    for scale in ["2", "1.5", ".5", "02.50"] {
      let result = try Command.run(
        "image", Command.photo, "out.png", "-m", Command.quickModel, "--dry-run", "-s", scale,
        in: folder)
      #expect(result.exitCode == 0, "\(scale): \(result.standardError)")
    }
  }

  @Test("Two numbers that differ never read alike")
  func exactNumbers() throws {
    let result = try Command.run("inspect", Command.photo, "--max-pixels", "19199")
    #expect(result.standardError.contains("19,200 where 19,199 are allowed"))
    let (megapixel, folder) = (
      try Samples.grayPNG(width: 1200, height: 1000), try TemporaryFolder()
    )
    try folder.write(megapixel, as: "m.png")
    let close = try Command.run("inspect", "m.png", "--max-pixels", "1199999", in: folder)
    #expect(close.standardError.contains("1,200,000 where 1,199,999 are allowed"))
    let far = try Command.run("inspect", "m.png", "--max-pixels", "1000", in: folder)
    #expect(far.standardError.contains("1 million where 1,000 are allowed"))
  }

  @Test("Advice about tiles is about what made them small")
  func tileAdvice() throws {
    let folder = try TemporaryFolder()
    let result = try Command.run(
      "image", Command.photo, "out.png", "-m", Command.quickModel, "--tile", "16", "--dry-run",
      in: folder)
    #expect(result.exitCode == 0)
    #expect(result.standardError.contains("a larger --tile"), "\(result.standardError)")
    #expect(!result.standardError.contains("memory"), "\(result.standardError)")
  }

  @Test("A result that no memory holds is refused before the computing")
  func memory() throws {
    let folder = try TemporaryFolder()
    try folder.write(Samples.grayPNG(width: 30_000, height: 1000), as: "in.png")
    // Of 480,000 x 16,000 pixels not even the rows of a small tile fit.
    let result = try Command.run(
      "image", "in.png", "out.png", "-m", Command.quickModel, "-s", "16", "--depth", "16",
      "--max-memory", "120M", in: folder)
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
