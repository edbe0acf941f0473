import Foundation
import TestSupport
import Testing
import Upscale

/// `--model auto`, through the built executable.
@Suite struct ModelChoiceTests {
  private func models() throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    try folder.write(
      WeightFiles.safeTensors(WeightFiles.compactTensors(scale: 2)), as: "2x-Tiny.safetensors")
    try folder.write([1, 2], as: "broken.pth")
    return folder
  }

  @Test("The cheapest model that reaches the scale is taken, and named with the reason")
  func choice() throws {
    let models = try models()
    let folder = try TemporaryFolder()
    let picture = try Samples.colour(.png)
    try folder.write(picture, as: "in.png")
    func run(_ output: String, _ arguments: String...) throws -> ProcessRunner.Result {
      let result = try ProcessRunner.run(
        Command.path, ["image", "in.png", output, "--models-dir", models.url.path] + arguments,
        in: folder.url)
      #expect(result.exitCode == 0, "\(result.standardError)")
      return result
    }
    let small = try run("a.png", "-m", "auto", "-s", "1.5")
    #expect(small.standardError.split(separator: "\n").count == 1, "\(small.standardError)")
    for part in ["'2x-Tiny'", "cheapest of 6", "x1.5", "2x-Tiny.safetensors"] {
      #expect(small.standardError.contains(part), "\(small.standardError)")
    }
    _ = try run("b.png", "-m", "2x-Tiny", "-s", "1.5")
    #expect(try folder.read("a.png") == folder.read("b.png"))

    let large = try run("c.png", "-m", "auto", "-s", "4", "--json")
    let event = try #require(
      try jsonLines(large.standardError).first { $0["event"] as? String == "model" })
    #expect(event["model"] as? String == "span-x4")
    #expect((event["purpose"] as? String)?.contains("not for drawings") == true)
    let quiet = try run("d.png", "-m", "auto", "-s", "4", "--quiet")
    #expect(quiet.standardError.isEmpty)
    let plan = try run("e.png", "-m", "auto", "-s", "4", "--dry-run")
    #expect(plan.outputText.contains("span-x4") && plan.standardError.contains("span-x4"))
  }

  @Test("A batch takes it for all, and knows its outputs by the model and not by the word")
  func batch() throws {
    let models = try models()
    let folder = try TemporaryFolder()
    try folder.write(Samples.colour(.png), as: "in.png")
    func run(_ arguments: String...) throws -> ProcessRunner.Result {
      let result = try ProcessRunner.run(
        Command.path, ["batch", "in.png", "out", "-s", "2"] + arguments,
        environment: ["UPSCALE_MODELS": models.url.path], in: folder.url)
      #expect(result.exitCode == 0, "\(result.standardError)")
      return result
    }
    let first = try run("-m", "auto")
    #expect(first.standardError.contains("takes '2x-Tiny'"), "\(first.standardError)")
    let written = try folder.read("out/in.png")
    let second = try run("-m", "2x-Tiny", "--json")
    let done = try #require(
      try jsonLines(second.standardError).first { $0["event"] as? String == "done" })
    #expect(done["up_to_date"] as? Int == 1, "\(second.standardError)")
    #expect(try folder.read("out/in.png") == written)
  }

  @Test("It is refused without a scale, and where no model reaches it")
  func refusals() throws {
    let folder = try TemporaryFolder()
    expectRefusal(
      try Command.run("image", Command.photo, "o.png", "-m", "auto", in: folder), 64,
      saying: "--scale")
    expectRefusal(
      try Command.run("batch", Command.photo, "out", "-m", "auto", in: folder), 64,
      saying: "--scale")
    let bench = try Command.run("bench", "-m", "auto")
    #expect(bench.exitCode == 64 && bench.standardError.contains("--scale"))
    for command in [["image", Command.photo, "o.png"], ["batch", Command.photo, "out"]] {
      let result = try ProcessRunner.run(
        Command.path, command + ["-m", "auto", "-s", "5", "--models-dir", folder.url.path],
        in: folder.url)
      expectRefusal(result, 78, saying: "no model reaches x5")
    }
    #expect(folder.names.isEmpty)
  }
}
