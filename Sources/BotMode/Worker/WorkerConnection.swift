import Upscale

/// The parent's side of one worker process, from its start to its end.
///
/// A thread of its own starts the process, reads its reports and reaps it: it must live as long as the
/// worker, since the kernel ends a worker when the thread that started it ends.
final class WorkerConnection: Sendable {
  /// An answer to a request.
  enum Answer {
    case report(WorkerReport)
    /// The worker has ended, so there will be no more answers; `isOurDoing` if this side has ended it.
    case end(WorkerEnd, isOurDoing: Bool)
    /// Nothing yet.
    case nothing
  }

  private struct State {
    /// The process, while it can be sent signals.
    var process: ChildProcess?
    /// Whether it was started, once that is known.
    var start: Result<Void, SystemFailure>?
    /// Reports that have not been read by their requests yet, by the number of the request. 0 is the
    /// worker's hello, which may arrive before it is waited for.
    var mail: [Int: [WorkerReport]] = [0: []]
    var lastLines: [String] = []
    var loggedLines = 0
    /// Whether this side has ended the worker.
    var isOurDoing = false
    var end: WorkerEnd?
  }

  private let state = Shared(State())
  private let thread = Shared<Workers?>(nil)
  private let log: @Sendable (String) -> Void
  /// Our ends of the worker's streams.
  private let (input, output, errors): (OpenFile, OpenFile, OpenFile)

  /// A line of progress is some hundred bytes.
  private static let longestLine = 1 << 20
  /// Lines of one worker's standard error that go to the log.
  private static let mostLoggedLines = 200
  private static let keptLines = 12
  /// Variables that a worker may see.
  private static let variables = [
    "UPSCALE_WEIGHTS", "UPSCALE_CPU_LEVEL", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "ASAN_OPTIONS",
    "TSAN_OPTIONS", "UBSAN_OPTIONS",
  ]

  /// Starts a worker.
  ///
  /// - Parameters:
  ///   - program: what to run.
  ///   - arguments: its arguments.
  ///   - log: takes the lines of its standard error.
  /// - Throws: `.cannotStart`.
  init(
    program: String, arguments: [String], log: @escaping @Sendable (String) -> Void
  ) throws(WorkerFailure) {
    self.log = log
    let (commands, reports, complaints): (ProcessStream, ProcessStream, ProcessStream)
    do throws(SystemFailure) {
      (commands, reports, complaints) = (
        try ProcessStream(), try ProcessStream(), try ProcessStream()
      )
    } catch {
      throw .cannotStart(
        UpscaleError(
          error.scarcity ?? .configuration, "no pipes for the worker: \(error.reason)"))
    }
    (input, output, errors) = (commands.ours, reports.ours, complaints.ours)
    // Closed here as soon as the worker has them: while they are open, the end of the streams would not be
    // noticed.
    let theirs = Shared<[OpenFile]>([commands.theirs, reports.theirs, complaints.theirs])
    do throws(UpscaleError) {
      let workers = try Workers(count: 1) { [self] _ in
        if let process = start(program, arguments, theirs) { serve(process) }
      }
      thread.note { $0 = workers }
    } catch {
      throw .cannotStart(error)
    }
    if case .failure(let failure) = state.wait({ $0.start }) {
      bury()
      throw .cannotStart(
        UpscaleError(
          failure.scarcity ?? .configuration, "'\(program)' cannot be run: \(failure.reason)"))
    }
  }

  // MARK: Requests

  /// Starts collecting the answers to a request.
  func expect(_ id: Int) { state.note { $0.mail[id] = [] } }

  /// Ends collecting the answers to a request.
  func forget(_ id: Int) { state.note { $0.mail[id] = nil } }

  /// Sends a line.
  ///
  /// - Returns: whether the line was sent; if not, the worker is about to end.
  func send(_ line: [UInt8]) -> Bool {
    var sent = 0
    while sent < line.count {
      do throws(SystemFailure) {
        sent += try input.send(line[sent...])
      } catch {
        guard error.cause == .wouldBlock else { return false }
        // Commands are small, so there is room for one unless the worker has stopped reading.
        guard input.waitForRoom(upTo: 5) else {
          kill()
          return false
        }
      }
    }
    return true
  }

  /// The next answer to a request.
  ///
  /// - Parameters:
  ///   - id: of the request.
  ///   - seconds: how long to wait.
  /// - Returns: `.nothing` when the time is over.
  func next(_ id: Int, upTo seconds: Double) -> Answer {
    let answer = state.wait(upTo: seconds) { state -> Answer? in
      if state.mail[id]?.isEmpty == false, let report = state.mail[id]?.removeFirst() {
        return .report(report)
      }
      return state.end.map { .end($0, isOurDoing: state.isOurDoing) }
    }
    return answer ?? .nothing
  }

  /// Whether the worker is running.
  var isAlive: Bool { state.read { $0.end == nil } }

  /// Whether the kernel has killed the worker for lack of memory.
  var ranOutOfMemory: Bool { state.read { $0.end?.isOutOfMemory == true } }

  /// Ends the worker at once.
  func kill() {
    state.note { state in
      state.isOurDoing = true
      state.process?.send(Signal.kill)
    }
  }

  /// Waits until the worker has ended, after the caller has caused that.
  func waitForEnd(upTo seconds: Double) -> WorkerEnd? {
    state.wait(upTo: seconds) { $0.end }
  }

  /// Asks the worker to end, kills it after a while, and waits for its end.
  func retire(patience: Double) {
    state.note { $0.isOurDoing = true }
    if send(WorkerWire.line(WorkerCommand.quit)), waitForEnd(upTo: patience) != nil {
      bury()
      return
    }
    kill()
    bury()
  }

  /// Waits for the thread of a worker that is ending.
  func bury() {
    var ended: Workers?
    thread.note {
      ended = $0
      $0 = nil
    }
    ended?.join()
  }

  // MARK: The thread

  /// Starts the program with the worker's ends of its streams.
  private func start(
    _ program: String, _ arguments: [String], _ streams: Shared<[OpenFile]>
  ) -> ChildProcess? {
    let streams = streams.update { streams in
      defer { streams = [] }
      return streams
    }
    var environment = Self.variables.compactMap { name in
      Environment[name].map { "\(name)=\($0)" }
    }
    // For a backtrace the runtime would start a program, which the sandbox forbids.
    environment.append("SWIFT_BACKTRACE=enable=no")
    // Each arena of the allocator takes address space, which is limited.
    environment.append("MALLOC_ARENA_MAX=2")
    do throws(SystemFailure) {
      let process = try ChildProcess(
        program: program, arguments: ["upscale"] + arguments, environment: environment,
        input: streams[0], output: streams[1], errors: streams[2])
      state.update { state in
        state.process = process
        state.start = .success(())
      }
      return process
    } catch {
      state.update { $0.start = .failure(error) }
      return nil
    }
  }

  private func serve(_ process: ChildProcess) {
    let watch = process.endWatch()
    var reports = LineSplitter(limit: Self.longestLine)
    var complaints = LineSplitter(limit: 4096)
    var streams: [OpenFile?] = [output, errors, watch]
    while streams[0] != nil {
      let ready = OpenFile.waitForInput(streams)
      if ready[0], !drain(output, { take($0, &reports) }) { streams[0] = nil }
      if ready[1], !drain(errors, { hear($0, &complaints) }) { streams[1] = nil }
      if ready[2] { break }
    }
    // A worker that has closed its output is most likely ending already. Killing it does not change how it
    // ended if it has ended before.
    state.note { $0.process?.send(Signal.kill) }
    process.waitForEnd()
    _ = drain(output) { take($0, &reports) }
    _ = drain(errors) { hear($0, &complaints) }
    if !complaints.rest.isEmpty { hear([UInt8](complaints.rest)) }
    state.update { state in
      let end = process.reap()
      // After reaping, another process may get the number.
      state.process = nil
      state.end = WorkerEnd(
        signal: end.signal, exitCode: end.exitCode, lastLines: state.lastLines,
        isShared: state.mail.count > 1,
        isOutOfMemory: end.signal == Signal.kill && !state.isOurDoing)
    }
  }

  /// Reads all available bytes.
  ///
  /// - Returns: false at the end of the stream.
  private func drain(_ file: OpenFile, _ body: (UnsafeRawBufferPointer) -> Void) -> Bool {
    while true {
      do throws(SystemFailure) {
        let bytes = try file.nextBytes(upTo: 1 << 16)
        guard !bytes.isEmpty else { return false }
        bytes.withUnsafeBytes { body($0) }
      } catch {
        return error.cause == .wouldBlock
      }
    }
  }

  private func take(_ bytes: UnsafeRawBufferPointer, _ splitter: inout LineSplitter) {
    for line in splitter.add(bytes) where !line.isEmpty {
      guard let report = WorkerWire.report(line) else {
        note("it said what nobody understands (\(line.count) bytes)")
        continue
      }
      // A report of a request that is no longer waited for is dropped.
      state.update { $0.mail[report.id]?.append(report) }
    }
  }

  private func hear(_ bytes: UnsafeRawBufferPointer, _ splitter: inout LineSplitter) {
    for line in splitter.add(bytes) where !line.isEmpty { hear(line) }
  }

  private func hear(_ line: [UInt8]) {
    let text = String(decoding: line.prefix(300), as: UTF8.self)
    state.note { state in
      state.lastLines.append(text)
      if state.lastLines.count > Self.keptLines { state.lastLines.removeFirst() }
    }
    note(text)
  }

  private func note(_ text: String) {
    var isLogged = false
    state.note { state in
      isLogged = state.loggedLines < Self.mostLoggedLines
      state.loggedLines += 1
    }
    if isLogged { log("worker: \(text)") }
  }
}
