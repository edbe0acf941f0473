import FakeBotAPI
import Foundation
import TestSupport
import Testing

/// `upscale bot` at work for a fake Telegram.
final class BotProcess {
  let server: FakeBotAPI
  let folder: TemporaryFolder
  private(set) var run: ProcessRunner.Running
  private let arguments: [String]
  private let isUnprivileged: Bool
  /// What all runs before this one said.
  private var earlierOutput = ""

  /// Starts it, and waits until it polls.
  ///
  /// - Parameters:
  ///   - server: the Telegram it talks to.
  ///   - arguments: beside those for the server and the state.
  ///   - isUnprivileged: whether it is run as somebody else than root.
  /// - Throws: what starting a program can end in.
  init(
    _ server: FakeBotAPI, _ arguments: [String] = [], isUnprivileged: Bool = false
  ) throws {
    self.server = server
    self.isUnprivileged = isUnprivileged
    self.arguments =
      ["bot", "--api-root", server.root, "--state-dir", "state", "--verbose"] + arguments
    folder = try TemporaryFolder()
    if isUnprivileged { Unprivileged.give(folder) }
    run = try Self.start(server, self.arguments, folder, isUnprivileged)
    #expect(server.wait(upTo: 60) { $0.isPolled }, "\(run.standardErrorSoFar)")
  }

  private static func start(
    _ server: FakeBotAPI, _ arguments: [String], _ folder: TemporaryFolder,
    _ isUnprivileged: Bool
  ) throws -> ProcessRunner.Running {
    let program = isUnprivileged ? Unprivileged.program : (Command.path, [])
    return try ProcessRunner.start(
      program.0, program.1 + arguments, environment: ["TELEGRAM_BOT_TOKEN": server.token],
      in: folder.url)
  }

  deinit {
    run.send(SIGKILL)
    _ = try? run.finish(within: 5)
  }

  /// Ends it by a signal and starts it again.
  func restart(by signal: Int32) throws {
    run.send(signal)
    earlierOutput += try run.finish(within: 20).standardError
    run = try Self.start(server, arguments, folder, isUnprivileged)
  }

  /// Ends it as a service manager does.
  @discardableResult
  func stop() throws -> ProcessRunner.Result {
    run.send(SIGTERM)
    return try run.finish(within: 20)
  }

  /// What it has said, in all runs.
  var output: String { earlierOutput + run.standardErrorSoFar }

  /// The worker's process, if there is one.
  var worker: pid_t? {
    // Any thread may have started it.
    let tasks =
      (try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(run.identifier)/task")) ?? []
    return tasks.compactMap {
      try? String(contentsOfFile: "/proc/\(run.identifier)/task/\($0)/children", encoding: .utf8)
    }.joined(separator: " ").split(separator: " ").first.flatMap { pid_t($0) }
  }

  /// Files of pictures that it keeps.
  var keptFiles: [String] {
    let work = folder.url.appending(path: "state/\(server.botID)/work").path
    return (try? FileManager.default.contentsOfDirectory(atPath: work)) ?? []
  }
}

/// Waits for something that no server tells of.
func wait(upTo seconds: Double, until condition: () -> Bool) -> Bool {
  let end = Date.now.addingTimeInterval(seconds)
  while Date.now < end {
    if condition() { return true }
    usleep(20_000)
  }
  return condition()
}
