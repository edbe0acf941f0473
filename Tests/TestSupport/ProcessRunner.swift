public import Foundation

/// Runs programs to their end, for tests of what a user sees.
public enum ProcessRunner {
  /// What a program left behind.
  public struct Result: Sendable {
    public let standardOutput: [UInt8]
    public let standardError: String
    /// The exit code, or nil when a signal ended the program.
    public let exitCode: Int32?
    /// The signal that ended the program, or nil.
    public let signal: Int32?

    public var outputText: String { String(decoding: standardOutput, as: UTF8.self) }
  }

  /// A program that was started and not yet waited for.
  public final class Running {
    private let process: Process
    private let folder: URL

    fileprivate init(process: Process, folder: URL) {
      self.process = process
      self.folder = folder
    }

    public var identifier: Int32 { process.processIdentifier }
    public var isRunning: Bool { process.isRunning }

    /// What the program has said on standard error up to now.
    public var standardErrorSoFar: String {
      (try? String(contentsOf: folder.appending(path: "stderr"), encoding: .utf8)) ?? ""
    }

    public func send(_ signal: Int32) {
      kill(process.processIdentifier, signal)
    }

    /// Waits until `condition` holds or the program ends, at most `seconds`.
    ///
    /// - Returns: Whether the condition held.
    public func wait(upTo seconds: Double, until condition: () -> Bool) -> Bool {
      let end = Date.now.addingTimeInterval(seconds)
      while Date.now < end {
        if condition() { return true }
        guard process.isRunning else { return condition() }
        usleep(5_000)
      }
      return false
    }

    /// Waits for the end of the program.
    public func finish() throws -> Result {
      process.waitUntilExit()
      defer { try? FileManager.default.removeItem(at: folder) }
      let output = try Data(contentsOf: folder.appending(path: "stdout"))
      let error = try Data(contentsOf: folder.appending(path: "stderr"))
      let signalled = process.terminationReason == .uncaughtSignal
      return Result(
        standardOutput: [UInt8](output), standardError: String(decoding: error, as: UTF8.self),
        exitCode: signalled ? nil : process.terminationStatus,
        signal: signalled ? process.terminationStatus : nil)
    }
  }

  /// Starts a program with its streams in files, so that neither side can block the other.
  ///
  /// - Parameters:
  ///   - program: The path of the program.
  ///   - arguments: What follows its name.
  ///   - input: What it reads from standard input.
  ///   - environment: Variables beside those of the test.
  ///   - folder: The current directory.
  /// - Returns: The running program.
  /// - Throws: What Foundation throws when the program does not start.
  public static func start(
    _ program: String, _ arguments: [String], input: [UInt8] = [],
    environment: [String: String] = [:], in folder: URL? = nil
  ) throws -> Running {
    let streams = FileManager.default.temporaryDirectory
      .appending(path: "upscale-run-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: streams, withIntermediateDirectories: true)
    try Data(input).write(to: streams.appending(path: "stdin"))
    for name in ["stdout", "stderr"] { try Data().write(to: streams.appending(path: name)) }
    let process = Process()
    process.executableURL = URL(filePath: program)
    process.arguments = arguments
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    process.currentDirectoryURL = folder
    process.standardInput = try FileHandle(forReadingFrom: streams.appending(path: "stdin"))
    process.standardOutput = try FileHandle(forWritingTo: streams.appending(path: "stdout"))
    process.standardError = try FileHandle(forWritingTo: streams.appending(path: "stderr"))
    try process.run()
    return Running(process: process, folder: streams)
  }

  /// Runs a program to its end; see `start`.
  ///
  /// - Returns: What it left behind.
  public static func run(
    _ program: String, _ arguments: [String], input: [UInt8] = [],
    environment: [String: String] = [:], in folder: URL? = nil
  ) throws -> Result {
    try start(program, arguments, input: input, environment: environment, in: folder).finish()
  }

  /// Runs a line of shell to its end; its positional parameters are `arguments`.
  ///
  /// - Returns: What it left behind.
  public static func shell(
    _ line: String, _ arguments: [String] = [], environment: [String: String] = [:],
    in folder: URL? = nil
  ) throws -> Result {
    try run(
      "/bin/bash", ["-c", line, "bash"] + arguments, environment: environment, in: folder)
  }
}
