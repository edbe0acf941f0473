import Foundation
import TestSupport
import Testing
import Upscale

/// What the command makes of good pictures.
@Suite struct PictureTests {
  @Test(
    "Every format goes in and out through pipes", arguments: PictureFormat.allCases,
    PictureFormat.allCases)
  func pipes(input: PictureFormat, output: PictureFormat) throws {
    let result = try Command.run(
      "image", "-", "-", "--format", output.rawValue, "--model", Command.quickModel,
      input: Samples.colour(input))
    #expect(result.exitCode == 0, "\(result.standardError)")
    #expect(result.standardError.isEmpty)
    let decoded = try PictureDecoder.decode(result.standardOutput)
    #expect(decoded.info.format == output)
    #expect(decoded.picture.width == 96 && decoded.picture.height == 64)
  }

  @Test("Standard output is PNG when no format is named")
  func standardFormat() throws {
    let result = try Command.run(
      "image", "-", "-", "-m", Command.quickModel, input: Samples.colour(.jpeg))
    #expect(try PictureDecoder.decode(result.standardOutput).info.format == .png)
  }

  @Test(
    "The name of the output decides the format",
    arguments: [
      ("out.PNG", PictureFormat.png), ("out.jpeg", .jpeg), ("out.webp", .webp),
    ])
  func byName(name: String, format: PictureFormat) throws {
    let folder = try TemporaryFolder()
    let result = try Command.run(
      "image", Command.photo, name, "-m", Command.quickModel, in: folder)
    #expect(result.exitCode == 0, "\(result.standardError)")
    let decoded = try PictureDecoder.decode(folder.read(name))
    #expect(decoded.info.format == format)
    #expect(decoded.picture.width == 640 && decoded.picture.height == 480)
    #expect(folder.names == [name])
  }

  @Test(
    "--scale gives any size", arguments: [(0.5, 12, 8), (1, 24, 16), (2, 48, 32), (3.3, 79, 53)])
  func scale(factor: Double, width: Int, height: Int) throws {
    let result = try Command.run(
      "image", "-", "-", "-m", Command.quickModel, "--scale", "\(factor)",
      input: Samples.colour(.png))
    #expect(result.exitCode == 0, "\(result.standardError)")
    let picture = try PictureDecoder.decode(result.standardOutput).picture
    #expect(picture.width == width && picture.height == height)
  }

  @Test("Depth is kept where the format can, and chosen with --depth")
  func depth() throws {
    for (input, options, expected) in [
      (Picture.Depth.eight, [], Picture.Depth.eight), (.sixteen, [], .sixteen),
      (.sixteen, ["--depth", "8"], .eight), (.eight, ["--depth", "16"], .sixteen),
      (.sixteen, ["--format", "webp"], .eight),
    ] as [(Picture.Depth, [String], Picture.Depth)] {
      let result = try ProcessRunner.run(
        Command.path, ["image", "-", "-", "-m", Command.quickModel] + options,
        input: Samples.colour(.png, depth: input))
      #expect(result.exitCode == 0, "\(result.standardError)")
      #expect(try PictureDecoder.decode(result.standardOutput).picture.depth == expected)
    }
  }

  @Test("The picture is the same for any thread count and whether piped or not")
  func same() throws {
    let folder = try TemporaryFolder()
    _ = try Command.run(
      "image", Command.photo, "one.png", "-m", Command.quickModel, "-t", "1", in: folder)
    let piped = try Command.run(
      "image", "-", "-", "-m", Command.quickModel, "-t", "3", input: Samples.photo)
    #expect(try folder.read("one.png") == piped.standardOutput)
  }

  @Test("--precision fast is nearly the same picture, and says when it is exact instead")
  func precision() throws {
    let folder = try TemporaryFolder()
    for (name, options, level) in [
      ("exact.png", [], nil), ("fast.png", ["--precision", "fast"], nil),
      ("baseline.png", ["--precision", "fast"], "baseline"),
    ] as [(String, [String], String?)] {
      let result = try ProcessRunner.run(
        Command.path,
        ["image", Command.photo, name, "-m", Command.quickModel, "--depth", "16"] + options,
        environment: level.map { ["UPSCALE_CPU_LEVEL": $0] } ?? [:], in: folder.url)
      #expect(result.exitCode == 0, "\(result.standardError)")
      let used = try level.flatMap(CPULevel.init) ?? .current()
      if !options.isEmpty, !used.isFastWithIntegers {
        #expect(result.standardError.contains("has no instructions that would make"))
      } else {
        #expect(result.standardError.isEmpty, "\(result.standardError)")
      }
    }
    let exact = try PictureDecoder.decode(folder.read("exact.png")).picture
    let fast = try PictureDecoder.decode(folder.read("fast.png")).picture
    let baseline = try PictureDecoder.decode(folder.read("baseline.png")).picture
    #expect(PictureDifference(fast, exact).psnr > 70)
    #expect(PictureDifference(baseline, exact).psnr > 100)
  }

  @Test("Every line of --json is an object, and the last one tells the result")
  func json() throws {
    let folder = try TemporaryFolder()
    let result = try Command.run(
      "image", Command.photo, "out.png", "-m", Command.quickModel, "--json", in: folder)
    #expect(result.exitCode == 0)
    #expect(result.standardOutput.isEmpty)
    let objects = try jsonLines(result.standardError)
    #expect(objects.first?["event"] as? String == "start")
    #expect(objects.contains { $0["event"] as? String == "progress" })
    #expect(objects.last?["event"] as? String == "done")
    #expect(objects.last?["width"] as? Int == 640)
    #expect(objects.last?["bytes"] as? Int == (try folder.read("out.png").count))
  }

  @Test("With --json, a refusal is an object too")
  func jsonRefusal() throws {
    let result = try Command.run("image", "none.png", "out.png", "--json")
    #expect(result.exitCode == 66)
    let objects = try jsonLines(result.standardError)
    #expect(objects.count == 1)
    #expect(objects.first?["event"] as? String == "error")
    #expect(objects.first?["exit_code"] as? Int == 66)
  }

  @Test("--quiet says nothing, with --json neither, but errors")
  func quiet() throws {
    for options in [["--quiet"], ["--quiet", "--json"]] {
      let result = try ProcessRunner.run(
        Command.path, ["image", "-", "-", "-m", Command.quickModel] + options,
        input: Samples.colour(.png, depth: .sixteen))
      #expect(result.exitCode == 0 && result.standardError.isEmpty, "\(result.standardError)")
      let refused = try ProcessRunner.run(
        Command.path, ["image", "-", "-"] + options, input: Array("no picture".utf8))
      #expect(refused.exitCode == 65 && !refused.standardError.isEmpty)
    }
  }

  @Test("--verbose tells what was used, on standard error only")
  func verbose() throws {
    let result = try Command.run(
      "image", "-", "-", "-m", Command.quickModel, "-v", "-t", "2", input: Samples.colour(.png))
    #expect(result.exitCode == 0)
    #expect(try PictureDecoder.decode(result.standardOutput).info.format == .png)
    for part in [Command.quickModel, "2 threads", "24 × 16", "96 × 64"] {
      #expect(result.standardError.contains(part), "\(result.standardError)")
    }
  }

  @Test("Progress is drawn on a terminal, and removed from it")
  func progress() throws {
    let folder = try TemporaryFolder()
    let result = try ProcessRunner.shell(
      #"script -qec "'$1' image '$2' out.png -m $3" /dev/null"#,
      [Command.path, Command.photo, Command.quickModel], in: folder.url)
    #expect(result.exitCode == 0, "\(result.standardError)")
    #expect(result.outputText.contains(" %"))
    #expect(result.outputText.hasSuffix("\r\u{1B}[K"))
    #expect(folder.names == ["out.png"])
  }

  @Test("Pictures are neither taken from nor given to a terminal")
  func terminals() throws {
    let result = try ProcessRunner.shell(
      #"script -qec "'$1' image '$2' -" /dev/null; script -qec "'$1' image - x.png" /dev/null"#,
      [Command.path, Command.photo])
    #expect(result.outputText.contains("standard output is a terminal"))
    #expect(result.outputText.contains("standard input is a terminal"))
  }
}

/// The objects of a text with one JSON object a line.
func jsonLines(_ text: String) throws -> [[String: Any]] {
  try text.split(separator: "\n").map { line in
    let value = try JSONSerialization.jsonObject(with: Data(line.utf8))
    return try #require(value as? [String: Any], "\(line)")
  }
}
