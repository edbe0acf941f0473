import FakeBotAPI
import Foundation
import TestSupport
import Testing
import Upscale

/// `upscale bot` at work for a fake Telegram.
final class BotProcess {
  let server: FakeBotAPI
  let folder: TemporaryFolder
  private(set) var run: ProcessRunner.Running
  private let arguments: [String]
  private let isUnprivileged: Bool
  /// The output of all earlier runs.
  private var earlierOutput = ""

  /// Starts it, and waits until it polls.
  ///
  /// - Parameters:
  ///   - server: the Telegram it talks to.
  ///   - arguments: beside those for the server and the state.
  ///   - maxMinutes: the limit for a picture; far more than any takes on the slowest machine, so that none
  ///     is refused because the machine is slow.
  ///   - isUnprivileged: whether it is run by a user other than root.
  /// - Throws: what starting a program can end in.
  init(
    _ server: FakeBotAPI, _ arguments: [String] = [], maxMinutes: Int = 1440,
    isUnprivileged: Bool = false
  ) throws {
    self.server = server
    self.isUnprivileged = isUnprivileged
    self.arguments =
      [
        "bot", "--api-root", server.root, "--state-dir", "state", "--verbose", "--max-minutes",
        "\(maxMinutes)",
      ] + arguments
    folder = try TemporaryFolder()
    if isUnprivileged { Unprivileged.give(folder) }
    run = try Self.start(server, self.arguments, folder, isUnprivileged)
    #expect(server.wait { $0.isPolled }, "\(run.standardErrorSoFar)")
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
    _ = try? run.finish()
  }

  /// Ends it by a signal and starts it again.
  func restart(by signal: Int32) throws {
    run.send(signal)
    earlierOutput += try run.finish().standardError
    run = try Self.start(server, arguments, folder, isUnprivileged)
  }

  /// Ends it as a service manager does.
  @discardableResult
  func stop() throws -> ProcessRunner.Result {
    run.send(SIGTERM)
    return try run.finish()
  }

  /// Its output in all runs.
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

  /// A picture that one thread of any machine (`["--threads", "1"]`) computes for minutes, with the
  /// network for photos: long enough for whatever a test does meanwhile.
  static let slowPhoto: (bytes: [UInt8], width: Int, height: Int) = (
    (try? Samples.colour(.jpeg, width: 2400, height: 1800)) ?? [], 2400, 1800
  )

  /// Waits until the worker computes, which its processor time shows, also on a busy machine.
  ///
  /// - Parameter old: a worker that does not count.
  /// - Returns: the worker, or nil when nothing is computed for very long.
  func waitUntilComputing(otherThan old: pid_t? = nil) -> pid_t? {
    var first: (worker: pid_t, time: Double)?
    var computing: pid_t?
    _ = wait {
      guard output.contains("picture fetched"), let worker, worker != old,
        let time = Self.processorTime(worker)
      else { return false }
      guard let known = first, known.worker == worker else {
        first = (worker, time)
        return false
      }
      // More than examining a header takes.
      guard time - known.time > 0.3 else { return false }
      computing = worker
      return true
    }
    return computing
  }

  /// Processor time that a process has used, in seconds; nil when it is gone.
  static func processorTime(_ process: pid_t) -> Double? {
    guard let text = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8),
      let fields = text.split(separator: ")").last?.split(separator: " "), fields.count > 13,
      let user = Double(fields[11]), let system = Double(fields[12])
    else { return nil }
    return (user + system) / Double(sysconf(Int32(_SC_CLK_TCK)))
  }

  /// Files of pictures that it keeps.
  var keptFiles: [String] {
    let work = folder.url.appending(path: "state/\(server.botID)/work").path
    return (try? FileManager.default.contentsOfDirectory(atPath: work)) ?? []
  }
}

/// Waits for something that cannot be seen at the server.
///
/// - Parameters:
///   - seconds: after which it will not come any more, on a machine however busy.
///   - condition: asked again and again.
/// - Returns: whether it came.
func wait(upTo seconds: Double = 600, until condition: () -> Bool) -> Bool {
  let end = Date.now.addingTimeInterval(seconds)
  while Date.now < end {
    if condition() { return true }
    usleep(20_000)
  }
  return condition()
}
