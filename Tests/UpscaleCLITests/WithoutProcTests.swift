import Foundation
import TestSupport
import Testing

/// Runs programs where there is no /proc, as in a chroot: in a mount namespace of their own.
private enum WithoutProc {
  static let hiding = "mount --make-rprivate / && mount -t tmpfs none /proc"

  static let isPossible: Bool = {
    let result = try? run(["/bin/ls", "-A", "/proc"])
    return result?.exitCode == 0 && result?.standardOutput.isEmpty == true
  }()

  /// - Parameters:
  ///   - words: a program and its arguments.
  ///   - script: what runs them.
  /// - Returns: what they left behind.
  /// - Throws: as `ProcessRunner.run`.
  static func run(
    _ words: [String], script: String = "exec \"$@\""
  ) throws -> ProcessRunner.Result {
    try ProcessRunner.run(
      "/usr/bin/unshare", ["--mount", "/bin/sh", "-c", "\(hiding) && { \(script); }", "sh"] + words)
  }
}

@Suite(
  .enabled(if: WithoutProc.isPossible, "needs root and a mount of its own"),
  .disabled(if: Sanitizer.isOn, "a sanitizer itself needs /proc"))
struct WithoutProcTests {
  private static func command(_ words: String...) throws -> ProcessRunner.Result {
    try WithoutProc.run([Command.path] + words)
  }

  @Test("Arguments are seen")
  func arguments() throws {
    #expect(try Self.command("--version").outputText == Command.run("--version").outputText)
    let inspected = try Self.command("inspect", Command.photo)
    #expect(inspected.exitCode == 0 && inspected.outputText.contains("160 × 120"))
    expectRefusal(try Self.command("inspect", "/nowhere"), 66, saying: "does not exist")
  }

  @Test("The networks are found, and pictures enlarged")
  func work() throws {
    let folder = try TemporaryFolder()
    #expect(try Self.command("model", "list").outputText.contains(Command.quickModel))
    let output = folder.path("out.png")
    let result = try Self.command(
      "image", Command.photo, output, "-m", Command.quickModel, "--max-memory", "300M")
    #expect(result.exitCode == 0, "\(result.standardError)")
    let expected = folder.path("expected.png")
    _ = try Command.run("image", Command.photo, expected, "-m", Command.quickModel)
    #expect(FileManager.default.contentsEqual(atPath: output, andPath: expected))
  }

  @Test("A run on a folder leaves to another run what that has in hand")
  func claims() throws {
    let folder = try TemporaryFolder()
    let input = folder.path("in")
    try FileManager.default.createDirectory(atPath: input, withIntermediateDirectories: true)
    for index in 0..<6 {
      _ = try folder.write(Samples.photo + [UInt8(index)], as: "in/\(index).jpg")
    }
    let both =
      "\"$@\" & first=$!; \"$@\" & second=$!; wait $first; one=$?; wait $second; exit $((one + $?))"
    let result = try WithoutProc.run(
      [
        Command.path, "batch", input, folder.path("out"), "-m", Command.quickModel, "--verbose",
      ], script: both)
    #expect(result.exitCode == 0, "\(result.standardError)")
    // Each picture is reported once.
    for index in 0..<6 {
      let lines = result.standardError.split(separator: "\n").filter {
        $0.contains("/in/\(index).jpg' ->") || $0.contains("/in/\(index).jpg ->")
      }
      #expect(lines.count == 1, "\(index): \(result.standardError)")
    }
  }
}
