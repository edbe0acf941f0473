import Foundation
import Glibc
import TestSupport
import Testing
import Upscale

/// Scarce resources: the command does its work, or ends with one sentence. `Tests/Trials/scarce-memory.py`
/// tests every command under many more limits.
@Suite struct ScarceMemoryTests {
  /// Runs the command under a limit of the shell's: "-v 60000".
  private static func run(
    _ limit: String, _ arguments: [String], environment: [String: String] = [:]
  ) throws -> ProcessRunner.Result {
    try ProcessRunner.shell(
      "ulimit -c 0; ulimit \(limit) || exit 99; exec \"$@\"", [Command.path] + arguments,
      environment: environment)
  }

  /// The least address space in KiB with which the system's loader can start the command; it depends on the
  /// libraries of a build.
  private static let floor: Int? = (6...100).lazy.map { $0 * 5_000 }.first {
    let result = try? run("-v \($0)", ["--version"])
    return result?.exitCode == 0 || result?.exitCode == 75
  }

  private static func expectWorkOrSentence(
    _ result: ProcessRunner.Result, _ name: String,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    if result.exitCode == 0 {
      #expect(result.standardError.isEmpty, "\(name)", sourceLocation: sourceLocation)
    } else {
      #expect(
        result.exitCode == 75, "\(name): \(String(describing: result.signal))",
        sourceLocation: sourceLocation)
      #expect(
        result.standardError.hasPrefix("upscale: ")
          && result.standardError.filter { $0 == "\n" }.count == 1,
        "\(name): \(result.standardError)", sourceLocation: sourceLocation)
    }
  }

  @Test(
    "With little address space every command does its work or says so",
    arguments: [
      ["inspect", "IN/large.png"], ["inspect", "IN/photo.webp"],
      ["model", "list"], ["model", "info", "realesrgan-x4plus"],
      ["model", "convert", "WEIGHTS/realesrgan-x4plus-anime.safetensors", "OUT/out.safetensors"],
      ["image", "IN/photo.webp", "OUT/out.png", "-m", "realesr-animevideov3"],
      ["batch", "IN", "OUT", "-m", "realesr-animevideov3", "--quiet"],
      ["bench", "-m", "realesr-animevideov3", "--width", "16", "--height", "16", "--runs", "1"],
    ])
  func addressSpace(words: [String]) throws {
    let floor = try #require(Self.floor, "no limit lets the command start")
    let inputs = try TemporaryFolder()
    let large = Picture(
      width: 4000, height: 3000, layout: .rgb, bytes: [UInt8](repeating: 7, count: 36_000_000))
    _ = try inputs.write(PictureEncoder.encode(large, as: .png), as: "large.png")
    _ = try inputs.write(Samples.colour(.webp), as: "photo.webp")
    let weights = Checkout.url.appending(path: "weights").path
    for more in [0, 2, 4, 8, 16, 40] {
      let outputs = try TemporaryFolder()
      let arguments = words.map {
        $0.replacing("IN/", with: inputs.path("") + "/").replacing("WEIGHTS", with: weights)
          .replacing("OUT/", with: outputs.path("") + "/")
      }.map { $0 == "IN" ? inputs.url.path : $0 == "OUT" ? outputs.url.path : $0 }
      let result = try Self.run("-v \(floor + more * 1000)", arguments)
      let name = "\(words[0]) with \(floor + more * 1000) KiB"
      if words[0] == "batch", result.exitCode == 1 {
        // Pictures that fail say so; the run goes on.
        #expect(!result.standardError.contains("Fatal"), "\(name): \(result.standardError)")
      } else {
        Self.expectWorkOrSentence(result, name)
      }
      let left = try FileManager.default.subpathsOfDirectory(atPath: outputs.url.path)
      #expect(!left.contains { $0.hasSuffix(".part") }, "\(name) leaves \(left)")
      if words[0] == "image" {
        #expect(left.isEmpty == (result.exitCode != 0), "\(name) leaves \(left)")
      }
    }
  }

  @Test("Rows are enough to inspect a picture: a limit of 20 MB beside the program holds 36 MB")
  func inspectByRows() throws {
    let floor = try #require(Self.floor)
    let folder = try TemporaryFolder()
    let large = Picture(
      width: 4000, height: 3000, layout: .rgb, bytes: [UInt8](repeating: 7, count: 36_000_000))
    for format in [PictureFormat.png, .jpeg] {
      let path = try folder.write(PictureEncoder.encode(large, as: format), as: "large")
      let result = try Self.run("-v \(floor + 20_000)", ["inspect", path])
      #expect(result.exitCode == 0, "\(result.standardError)")
      #expect(result.outputText.contains("4000 × 3000"))
    }
    let path = try folder.write(PictureEncoder.encode(large, as: .webp), as: "large.webp")
    expectRefusal(
      try Self.run("-v \(floor + 20_000)", ["inspect", path]), 75,
      saying: "a WebP, which must be read whole")
  }

  @Test("inspect keeps --max-memory, and says what does not fit")
  func inspectPromise() throws {
    let folder = try TemporaryFolder()
    let large = Picture(
      width: 4000, height: 3000, layout: .rgb, bytes: [UInt8](repeating: 7, count: 36_000_000))
    let path = try folder.write(PictureEncoder.encode(large, as: .webp), as: "large.webp")
    let refused = try Command.run("inspect", path, "--max-memory", "50M")
    expectRefusal(refused, 75, saying: "a WebP, which must be read whole")
    #expect(refused.standardError.contains("--max-memory"))
    #expect(try Command.run("inspect", path, "--max-memory", "500M").exitCode == 0)
    expectRefusal(
      try Command.run("inspect", path, "--max-memory", "much"), 64, saying: "such as 800M")
    let json = try Command.run("inspect", path, "--max-memory", "50M", "--json")
    #expect(json.exitCode == 75 && json.outputText.contains("\"exit_code\":75"))
  }

  @Test("A file that is larger than the memory is not read, from a name or a pipe")
  func fileBeyondPromise() throws {
    let folder = try TemporaryFolder()
    var bytes = try Samples.grayPNG(width: 8, height: 8)
    bytes += [UInt8](repeating: 0, count: 40_000_000)
    let path = try folder.write(bytes, as: "padded.png")
    let output = folder.path("out.png")
    for arguments in [
      ["inspect", path], ["image", path, output, "-m", Command.quickModel],
      ["image", path, output, "-m", Command.quickModel, "--dry-run"],
    ] {
      let named = try ProcessRunner.run(Command.path, arguments + ["--max-memory", "45M"])
      expectRefusal(named, 75, saying: "not enough memory: '\(path)' has")
      let piped = try ProcessRunner.shell(
        "cat \"$1\" | { shift; exec \"$@\"; }",
        [path, Command.path] + arguments.map { $0 == path ? "-" : $0 } + ["--max-memory", "45M"])
      expectRefusal(piped, 75, saying: "not enough memory: standard input has")
    }
  }

  @Test("A bug is a bug still, with memory to be had", arguments: [SIGABRT, SIGSEGV, SIGILL])
  func faults(signal: Int32) throws {
    let folder = try TemporaryFolder()
    // Nothing is written to it, so the command waits.
    let pipe = folder.path("pipe")
    #expect(mkfifo(pipe, 0o600) == 0)
    let run = try ProcessRunner.start(
      "/bin/bash", ["-c", "ulimit -c 0; exec \"$@\"", "bash", Command.path, "inspect", pipe])
    _ = run.wait(upTo: 0.3) { false }
    run.send(signal)
    let result = try run.finish(within: 60)
    #expect(result.signal == signal, "\(String(describing: result.exitCode))")
    #expect(!result.standardError.contains("not enough memory"))
  }

  @Test(
    "Small stacks and few descriptors change nothing, or are named",
    arguments: ["-s 128", "-s 256", "-n 5", "-n 6", "-n 8", "-n 12"])
  func otherLimits(limit: String) throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(Samples.colour(.png), as: "photo.png")
    let output = folder.path("out.webp")
    // With too few descriptors the loader cannot open the libraries.
    guard try Self.run(limit, ["--version"]).exitCode != 127 else { return }
    for arguments in [
      ["inspect", path], ["image", path, output, "-m", Command.quickModel],
      ["model", "info", Command.quickModel],
    ] {
      Self.expectWorkOrSentence(try Self.run(limit, arguments), "\(arguments[0]) \(limit)")
    }
  }
}
