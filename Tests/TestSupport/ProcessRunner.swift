public import Foundation
import Glibc

/// Runs programs and collects their output, for tests of what users see.
public enum ProcessRunner {
  /// The output and the end of a program.
  public struct Result: Sendable {
    public let standardOutput: [UInt8]
    public let standardError: String
    /// The exit code, or nil when a signal ended the program.
    public let exitCode: Int32?
    /// The signal that ended the program, or nil.
    public let signal: Int32?

    public var outputText: String { String(decoding: standardOutput, as: UTF8.self) }
  }

  /// A program that could not be started.
  public struct CannotStart: Error {
    public let program: String
    public let code: Int32
  }

  /// A program that was started and not yet waited for.
  public final class Running {
    public let identifier: pid_t
    private let folder: URL
    private var status: Int32?

    fileprivate init(identifier: pid_t, folder: URL) {
      self.identifier = identifier
      self.folder = folder
    }

    /// Whether the program has not ended yet.
    public var isRunning: Bool {
      guard status == nil else { return false }
      var value: Int32 = 0
      if waitpid(identifier, &value, WNOHANG) == identifier { status = value }
      return status == nil
    }

    /// The program's standard error up to now.
    public var standardErrorSoFar: String {
      (try? String(contentsOf: folder.appending(path: "stderr"), encoding: .utf8)) ?? ""
    }

    public func send(_ signal: Int32) {
      if isRunning { kill(identifier, signal) }
    }

    /// Waits until `condition` holds or the program ends, at most `seconds`.
    ///
    /// - Returns: Whether the condition held.
    public func wait(upTo seconds: Double, until condition: () -> Bool) -> Bool {
      let end = Date.now.addingTimeInterval(seconds)
      while Date.now < end {
        if condition() { return true }
        guard isRunning else { return condition() }
        usleep(5_000)
      }
      return false
    }

    /// Waits for the end of the program; one that takes longer than `seconds` is killed.
    public func finish(within seconds: Double = Sanitizer.isOn ? 3000 : 300) throws -> Result {
      if !wait(upTo: seconds, until: { !isRunning }) { kill(identifier, SIGKILL) }
      var value = status ?? 0
      while status == nil, waitpid(identifier, &value, 0) < 0, errno == EINTR {}
      defer { try? FileManager.default.removeItem(at: folder) }
      let output = try Data(contentsOf: folder.appending(path: "stdout"))
      let error = try Data(contentsOf: folder.appending(path: "stderr"))
      let signal = value & 0x7F
      return Result(
        standardOutput: [UInt8](output), standardError: String(decoding: error, as: UTF8.self),
        exitCode: signal == 0 ? value >> 8 & 0xFF : nil, signal: signal == 0 ? nil : signal)
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
  /// - Throws: `CannotStart`, or what Foundation throws when there is no room for the streams.
  public static func start(
    _ program: String, _ arguments: [String], input: [UInt8] = [],
    environment: [String: String] = [:], in folder: URL? = nil
  ) throws -> Running {
    let streams = FileManager.default.temporaryDirectory
      .appending(path: "upscale-run-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: streams, withIntermediateDirectories: true)
    try Data(input).write(to: streams.appending(path: "stdin"))

    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(
      &actions, 0, streams.appending(path: "stdin").path, O_RDONLY, 0)
    for (descriptor, name) in [(1, "stdout"), (2, "stderr")] {
      posix_spawn_file_actions_addopen(
        &actions, Int32(descriptor), streams.appending(path: name).path,
        O_WRONLY | O_CREAT | O_APPEND, 0o600)
    }

    // The signals of a fresh process, whatever the test runner has done to its own.
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var signals = sigset_t()
    sigemptyset(&signals)
    posix_spawnattr_setsigmask(&attributes, &signals)
    for signal in [SIGINT, SIGTERM, SIGHUP, SIGPIPE, SIGXFSZ, SIGQUIT] {
      sigaddset(&signals, signal)
    }
    posix_spawnattr_setsigdefault(&attributes, &signals)
    posix_spawnattr_setflags(
      &attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))

    let variables = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    var identifier: pid_t = 0
    // env changes the folder and then becomes the program: the identifier stays.
    let words = (folder.map { ["/usr/bin/env", "-C", $0.path] } ?? []) + [program] + arguments
    let code = withCStrings(words) { arguments in
      withCStrings(variables.map { "\($0.key)=\($0.value)" }) { variables in
        posix_spawn(&identifier, words[0], &actions, &attributes, arguments, variables)
      }
    }
    guard code == 0 else {
      try? FileManager.default.removeItem(at: streams)
      throw CannotStart(program: program, code: code)
    }
    return Running(identifier: identifier, folder: streams)
  }

  private static func withCStrings<Result>(
    _ strings: [String],
    _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>) -> Result
  ) -> Result {
    let pointers = strings.map { strdup($0) } + [nil]
    defer { for pointer in pointers { free(pointer) } }
    return pointers.withUnsafeBufferPointer { buffer in
      guard let address = buffer.baseAddress else { preconditionFailure("never empty") }
      return body(address)
    }
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
