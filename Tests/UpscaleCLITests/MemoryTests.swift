import Foundation
import TestSupport
import TestTraits
import Testing

/// `--max-memory` and `--dry-run`: the plan is made before the work, and the limit is kept.
@Suite(.waiting) struct MemoryTests {
  private static func events(_ result: ProcessRunner.Result) -> [[String: Any]] {
    result.standardError.split(separator: "\n").compactMap {
      (try? JSONSerialization.jsonObject(with: Data($0.utf8))) as? [String: Any]
    }
  }

  /// The sample photo four times its size: large enough to be cut into tiles.
  private static func large(in folder: TemporaryFolder) throws -> String {
    let path = folder.path("large.png")
    let made = try Command.run("image", Command.photo, path, "-m", Command.quickModel)
    #expect(made.exitCode == 0, "\(made.standardError)")
    return path
  }

  @Test("A promise is kept, and changes nothing in the picture")
  func budget() throws {
    let folder = try TemporaryFolder()
    let input = try Self.large(in: folder)
    let (free, bound) = (folder.path("free.png"), folder.path("bound.png"))
    let unbound = try Command.run("image", input, free, "-m", Command.quickModel, "--json")
    #expect(unbound.exitCode == 0, "\(unbound.standardError)")
    let result = try Command.run(
      "image", input, bound, "-m", Command.quickModel, "--max-memory", "150M", "--json")
    #expect(result.exitCode == 0, "\(result.standardError)")
    let events = Self.events(result)
    let start = try #require(events.first { $0["event"] as? String == "start" })
    let done = try #require(events.first { $0["event"] as? String == "done" })
    #expect(try #require(start["tiles"] as? Int) > 1)
    #expect(try #require(start["predicted_memory"] as? Int) <= 150_000_000)
    let peak = try #require(done["peak_memory"] as? Int)
    #expect(peak <= 150_000_000)
    #expect(try #require(start["predicted_memory"] as? Int) >= peak)
    let whole = try #require(Self.events(unbound).first { $0["event"] as? String == "start" })
    #expect(whole["tiles"] as? Int == 1)
    #expect(
      FileManager.default.contentsEqual(atPath: free, andPath: bound),
      "tiles of this network give the same bytes")
  }

  @Test(
    "What cannot be kept is refused before the work",
    arguments: [
      ("realesrgan-x4plus", "60M", "out.png", "the weights of the model"),
      ("realesr-animevideov3", "45M", "out.png", "even the smallest tiles"),
      ("realesr-animevideov3", "60M", "out.webp", "which is written whole"),
    ])
  func refusal(model: String, limit: String, name: String, sentence: String) throws {
    let folder = try TemporaryFolder()
    let input = try Self.large(in: folder)
    let output = folder.path(name)
    let result = try Command.run("image", input, output, "-m", model, "--max-memory", limit)
    expectRefusal(result, 75, saying: sentence)
    #expect(result.standardError.contains("--max-memory"))
    #expect(!FileManager.default.fileExists(atPath: output))
  }

  @Test("A dry run says what would be done, and does nothing")
  func dryRun() throws {
    let folder = try TemporaryFolder()
    let output = folder.path("out.png")
    let text = try Command.run(
      "image", Command.photo, output, "-m", Command.quickModel, "--dry-run")
    #expect(text.exitCode == 0, "\(text.standardError)")
    for part in ["160 × 120, JPEG", "640 × 480", "untiled", "at most", "time"] {
      #expect(text.outputText.contains(part), "\(text.outputText)")
    }
    let json = try Command.run(
      "image", Command.photo, output, "-m", Command.quickModel, "--dry-run", "--json", "--tile",
      "64")
    let plan = try #require(
      try JSONSerialization.jsonObject(with: Data(json.standardOutput)) as? [String: Any])
    #expect(plan["event"] as? String == "plan")
    #expect(plan["width"] as? Int == 640 && plan["height"] as? Int == 480)
    #expect(plan["tiles"] as? Int == 6)
    #expect(try #require(plan["recomputed_percent"] as? Double) > 0)
    #expect(try #require(plan["predicted_seconds"] as? Double) > 0)
    #expect(!FileManager.default.fileExists(atPath: output))
  }

  @Test("Killed at any moment, the old output or the new one is there", arguments: 0..<8)
  func killed(round: Int) throws {
    let folder = try TemporaryFolder()
    let output = folder.path("out.png")
    let old = try Data(contentsOf: URL(filePath: Command.photo))
    try old.write(to: URL(filePath: output))
    let process = Process()
    process.executableURL = URL(filePath: Command.path)
    process.arguments = ["image", Command.photo, output, "-m", Command.quickModel]
    process.standardError = FileHandle.nullDevice
    try process.run()
    usleep(UInt32(round * 40_000))
    kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
    let left = try Data(contentsOf: URL(filePath: output))
    if left != old {
      let inspected = try Command.run("inspect", output)
      #expect(inspected.exitCode == 0, "\(inspected.standardError)")
    }
    let again = try Command.run("image", Command.photo, output, "-m", Command.quickModel)
    #expect(again.exitCode == 0, "\(again.standardError)")
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.url.path)
    #expect(names == ["out.png"], "the dead temporary file is swept")
  }
}
