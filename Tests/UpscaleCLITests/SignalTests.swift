import Foundation
import TestSupport
import TestTraits
import Testing
import Upscale

/// Stopping: the command ends soon, by the signal, and leaves no files.
@Suite(.serialized, .waiting, .timeLimit(.minutes(20))) struct SignalTests {
  /// Starts work that takes many seconds on any machine: it uses one thread only.
  private static func start(in folder: TemporaryFolder) throws -> ProcessRunner.Running {
    try ProcessRunner.start(
      Command.path,
      ["image", "in.png", "out.png", "--json", "-t", "1", "--model", Command.slowModel],
      in: folder.url)
  }

  @Test(
    "A signal in the middle of a big picture ends the run", arguments: [SIGINT, SIGTERM, SIGHUP])
  func stops(signal: Int32) throws {
    let folder = try TemporaryFolder()
    let old = Array("what was here before".utf8)
    try folder.write(old, as: "out.png")
    try folder.write(Samples.colour(.png, width: 600, height: 450), as: "in.png")
    let run = try Self.start(in: folder)
    // The network computes once progress is reported.
    #expect(run.wait(upTo: 600) { run.standardErrorSoFar.contains("\"progress\"") })
    run.send(signal)
    // A program that does not end by the signal is killed, which is another signal.
    let result = try run.finish()
    #expect(result.signal == signal)
    #expect(result.standardOutput.isEmpty)
    #expect(try folder.read("out.png") == old)
    #expect(folder.names == ["in.png", "out.png"])
  }

  @Test("A second signal ends the run at once")
  func second() throws {
    let folder = try TemporaryFolder()
    try folder.write(Samples.colour(.png, width: 600, height: 450), as: "in.png")
    let run = try Self.start(in: folder)
    #expect(run.wait(upTo: 600) { run.standardErrorSoFar.contains("\"start\"") })
    run.send(SIGINT)
    run.send(SIGTERM)
    let result = try run.finish()
    #expect([SIGINT, SIGTERM].contains(result.signal ?? 0))
    #expect(folder.names == ["in.png"])
  }

  @Test("A shell sees 130 after Ctrl-C")
  func shellCode() throws {
    let folder = try TemporaryFolder()
    try folder.write(Samples.colour(.png, width: 600, height: 450), as: "in.png")
    let result = try ProcessRunner.shell(
      #"timeout --preserve-status -s INT 1 "$1" image in.png out.png -t 1 -m "$2"; echo $?; ls -A"#,
      [Command.path, Command.slowModel], in: folder.url)
    #expect(result.outputText == "130\nin.png\n", "\(result.standardError)")
  }

  @Test("Waiting for standard input is interrupted at once")
  func whileReading() throws {
    let result = try ProcessRunner.shell(
      // A pipe to which nothing is written; its writer ends with the test.
      #"exec 3< <(exec sleep 600); timeout --preserve-status -s INT 0.5 "$1" image - - <&3; "#
        + "code=$?; kill $!; exit $code",
      [Command.path])
    #expect(result.exitCode == 130)
  }
}
