import Foundation
import TestSupport
import TestTraits
import Testing
import Upscale

/// `--tta` and `--strength`, through the built executable.
@Suite(.waiting) struct NetworkUseTests {
  private static let uses = [
    ["--tta"], ["--strength", "0.5"], ["--strength", "0"], ["--tta", "--strength", "0.25"],
  ]

  private func events(_ result: ProcessRunner.Result) throws -> [[String: Any]] {
    #expect(result.exitCode == 0, "\(result.standardError)")
    return try jsonLines(result.standardError)
  }

  @Test("Each gives its own picture, the same for any tile and number of threads")
  func pictures() throws {
    let folder = try TemporaryFolder()
    try folder.write(Samples.colour(.png, width: 70, height: 50), as: "in.png")
    var seen: Set<[UInt8]> = []
    for use in [[]] + Self.uses {
      var outputs: Set<[UInt8]> = []
      for more in [[], ["-t", "1"], ["--tile", "16", "-t", "3"]] {
        let result = try ProcessRunner.run(
          Command.path, ["image", "in.png", "out.png", "-m", Command.quickModel] + use + more,
          in: folder.url)
        #expect(result.exitCode == 0, "\(result.standardError)")
        outputs.insert(try folder.read("out.png"))
      }
      #expect(outputs.count == 1, "\(use)")
      seen.formUnion(outputs)
    }
    #expect(seen.count == Self.uses.count + 1)
  }

  @Test(
    "A promise is kept, and a dry run tells what a run will hold",
    .disabled(if: Sanitizer.isOn, "shadow memory is larger than any limit"), arguments: uses)
  func memory(use: [String]) throws {
    let folder = try TemporaryFolder()
    try folder.write(Samples.colour(.png, width: 320, height: 240), as: "in.png")
    func run(_ arguments: [String]) throws -> ProcessRunner.Result {
      try ProcessRunner.run(
        Command.path, ["image", "in.png", "out.png", "-m", "span-x2", "--json"] + use + arguments,
        in: folder.url)
    }
    for limit in [200_000_000, 130_000_000] {
      let promise = ["--max-memory", "\(limit)"]
      let planned = try #require(try jsonLines(run(promise + ["--dry-run"]).outputText).first)
      #expect(planned["tta"] as? Bool == use.contains("--tta"))
      #expect(try #require(planned["predicted_seconds"] as? Double) > 0)
      #expect(!folder.names.contains("out.png"))
      let events = try events(run(promise))
      let start = try #require(events.first { $0["event"] as? String == "start" })
      let done = try #require(events.first { $0["event"] as? String == "done" })
      let peak = try #require(done["peak_memory"] as? Int)
      #expect(peak <= limit, "\(use)")
      #expect(try #require(start["predicted_memory"] as? Int) >= peak)
      #expect(try #require(start["predicted_memory"] as? Int) <= limit)
      try FileManager.default.removeItem(atPath: folder.path("out.png"))
    }
  }

  @Test("A batch makes what image makes, and does it again when they change")
  func batch() throws {
    let folder = try TemporaryFolder()
    try FileManager.default.createDirectory(
      atPath: folder.path("in"), withIntermediateDirectories: false)
    for (index, size) in [(40, 30), (90, 20), (8, 8)].enumerated() {
      try folder.write(
        Samples.colour(.png, width: size.0, height: size.1), as: "in/\(index).png")
    }
    for use in [[]] + Self.uses {
      let arguments = ["-m", Command.quickModel] + use
      for round in 1...2 {
        let result = try ProcessRunner.run(
          Command.path, ["batch", "in", "out", "--json"] + arguments, in: folder.url)
        let done = try #require(
          try events(result).first { $0["event"] as? String == "done" })
        #expect(done["done"] as? Int == (round == 1 ? 3 : 0), "\(use)")
        #expect(done["up_to_date"] as? Int == (round == 1 ? 0 : 3), "\(use)")
      }
      for index in 0..<3 {
        let result = try ProcessRunner.run(
          Command.path, ["image", "in/\(index).png", "one.png"] + arguments, in: folder.url)
        #expect(result.exitCode == 0, "\(result.standardError)")
        #expect(try folder.read("one.png") == folder.read("out/\(index).png"), "\(use)")
      }
    }
  }

  @Test(
    "An interrupted run leaves nothing", arguments: [["--tta"], ["--tta", "--strength", "0.5"]])
  func interrupted(use: [String]) throws {
    let folder = try TemporaryFolder()
    try folder.write(Samples.colour(.png, width: 600, height: 450), as: "in.png")
    let run = try ProcessRunner.start(
      Command.path,
      ["image", "in.png", "out.png", "--json", "-t", "1", "-m", Command.slowModel] + use,
      in: folder.url)
    #expect(run.wait(upTo: 600) { run.standardErrorSoFar.contains("\"progress\"") })
    run.send(SIGINT)
    #expect(try run.finish().signal == SIGINT)
    #expect(folder.names == ["in.png"])
  }

  @Test("A scale beyond the model's own is reached by applying it again, in 16 bits between")
  func secondPass() throws {
    let folder = try TemporaryFolder()
    try folder.write(
      WeightFiles.safeTensors(WeightFiles.compactTensors(scale: 2)), as: "x2.safetensors")
    try folder.write(Samples.colour(.png), as: "in.png")
    for (input, output, more) in [
      ("in.png", "once.png", []), ("once.png", "twice.png", []),
      ("in.png", "four.png", ["--scale", "4"]),
    ] {
      let result = try ProcessRunner.run(
        Command.path,
        ["image", input, output, "-m", "x2.safetensors", "--depth", "16", "--strip-metadata"]
          + more,
        in: folder.url)
      #expect(result.exitCode == 0, "\(result.standardError)")
    }
    #expect(try folder.read("twice.png") == folder.read("four.png"))
    let plan = try Command.run(
      "image", "in.png", "out.png", "-m", "x2.safetensors", "-s", "7", "--tile", "16", "--dry-run",
      in: folder)
    #expect(plan.outputText.contains("168 × 112"), "\(plan.standardError)")
    #expect(plan.outputText.components(separatedBy: ", then ").count == 3)
  }

  @Test("What is no share is refused", arguments: ["1.5", "-0.1", "half", "nan"])
  func shares(text: String) throws {
    let folder = try TemporaryFolder()
    for command in [["image", Command.photo, "o.png"], ["batch", Command.photo, "out"]] {
      let result = try ProcessRunner.run(
        Command.path, command + ["--strength=\(text)"], in: folder.url)
      expectRefusal(result, 64, saying: "for '--strength <share>': it must be a number from 0 to 1")
    }
    #expect(folder.names.isEmpty)
  }
}
