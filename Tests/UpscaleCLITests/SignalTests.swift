import Foundation
import TestSupport
import Testing
import Upscale

/// Stopping: quickly, by the signal, with nothing left behind.
@Suite(.serialized, .timeLimit(.minutes(3))) struct SignalTests {
  @Test(
    "A signal in the middle of a big picture ends the run", arguments: [SIGINT, SIGTERM, SIGHUP])
  func stops(signal: Int32) throws {
    let folder = try TemporaryFolder()
    let old = Array("what was here before".utf8)
    try folder.write(old, as: "out.png")
    try folder.write(Samples.colour(.png, width: 600, height: 450), as: "in.png")
    let run = try ProcessRunner.start(
      Command.path, ["image", "in.png", "out.png", "--json", "--model", Command.slowModel],
      in: folder.url)
    // The network is at work once the first progress is said, or shortly after the start is.
    #expect(run.wait(upTo: 60) { run.standardErrorSoFar.contains("\"start\"") })
    usleep(500_000)
    #expect(run.isRunning)
    run.send(signal)
    let sent = Date.now
    let result = try run.finish()
    #expect(result.signal == signal)
    #expect(result.standardOutput.isEmpty)
    #expect(try folder.read("out.png") == old)
    #expect(folder.names == ["in.png", "out.png"])
    // A second is promised; the machine that tests may be busy.
    #expect(Date.now.timeIntervalSince(sent) < 5)
  }

  @Test("A second signal ends the run at once")
  func second() throws {
    let folder = try TemporaryFolder()
    try folder.write(Samples.colour(.png, width: 600, height: 450), as: "in.png")
    let run = try ProcessRunner.start(
      Command.path, ["image", "in.png", "out.png", "--json", "--model", Command.slowModel],
      in: folder.url)
    #expect(run.wait(upTo: 60) { run.standardErrorSoFar.contains("\"start\"") })
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
      #"timeout --preserve-status -s INT 1 "$1" image in.png out.png -m "$2"; echo $?; ls -A"#,
      [Command.path, Command.slowModel], in: folder.url)
    #expect(result.outputText == "130\nin.png\n", "\(result.standardError)")
  }

  @Test("Waiting for standard input is interrupted at once")
  func whileReading() throws {
    let result = try ProcessRunner.shell(
      #"sleep 20 | timeout --preserve-status -s INT 0.5 "$1" image - - ; exit $?"#,
      [Command.path])
    #expect(result.exitCode == 130)
  }
}
