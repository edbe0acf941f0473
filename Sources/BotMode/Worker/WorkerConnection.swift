import CPlatform
import Glibc
import Upscale

/// One worker process, from its start to its end, as its parent sees it.
///
/// A thread of its own starts it, reads what it says and buries it: the kernel ends the worker when
/// the thread that started it does.
final class WorkerConnection: Sendable {
  /// What a request hears.
  enum Answer {
    case report(WorkerReport)
    /// There will be no more; nil when this side has ended the worker for another's sake.
    case end(WorkerEnd, isOurDoing: Bool)
    /// Nothing yet.
    case nothing
  }

  private struct State {
    /// The process, while it can be sent signals.
    var process: pid_t?
    var startCode: Int32?
    /// Reports that wait for those who asked, by the number of the request; 0 is the worker's hello,
    /// which can come before anybody waits for it.
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
  private let (input, output, errors): (Int32, Int32, Int32)

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
  ///   - log: takes what it says on standard error.
  /// - Throws: `.cannotStart`.
  init(
    program: String, arguments: [String], log: @escaping @Sendable (String) -> Void
  ) throws(WorkerFailure) {
    self.log = log
    var commands: [Int32] = [-1, -1]
    var reports: [Int32] = [-1, -1]
    var complaints: [Int32] = [-1, -1]
    // Sockets and no pipes, because writing to one that nobody reads any more need not be a signal.
    let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
    guard socketpair(AF_UNIX, kind, 0, &commands) == 0,
      socketpair(AF_UNIX, kind, 0, &reports) == 0,
      socketpair(AF_UNIX, kind, 0, &complaints) == 0
    else {
      let code = errno
      for descriptor in commands + reports + complaints where descriptor >= 0 { close(descriptor) }
      throw .cannotStart("no pipes for the worker: \(String(cString: strerror(code)))")
    }
    (input, output, errors) = (commands[0], reports[0], complaints[0])
    for descriptor in [input, output, errors] {
      _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK)
    }
    let theirs = (input: commands[1], output: reports[1], errors: complaints[1])
    do throws(UpscaleError) {
      let workers = try Workers(count: 1) { [self] _ in
        if spawn(program, arguments, theirs) { serve() }
      }
      thread.note { $0 = workers }
    } catch {
      for descriptor in [theirs.input, theirs.output, theirs.errors] { close(descriptor) }
      throw .cannotStart(error.message)
    }
    let code = state.wait { $0.startCode }
    guard code == nil || code == 0 else {
      bury()
      throw .cannotStart(
        "'\(program)' cannot be run: \(String(cString: strerror(code ?? 0)))")
    }
  }

  deinit {
    for descriptor in [input, output, errors] { close(descriptor) }
  }

  // MARK: Asking

  /// Opens a letter box for a request's answers.
  func expect(_ id: Int) { state.note { $0.mail[id] = [] } }

  /// Closes it.
  func forget(_ id: Int) { state.note { $0.mail[id] = nil } }

  /// Sends a line.
  ///
  /// - Returns: whether the worker has taken it; if not, it is about to end.
  func send(_ line: [UInt8]) -> Bool {
    var sent = 0
    while sent < line.count {
      let count = line[sent...].withUnsafeBytes {
        Glibc.send(input, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      if count >= 0 {
        sent += count
        continue
      }
      if errno == EINTR { continue }
      guard errno == EAGAIN || errno == EWOULDBLOCK else { return false }
      // Commands are small: only a worker that has stopped reading leaves no room for one.
      var waiting = pollfd(fd: input, events: Int16(POLLOUT), revents: 0)
      guard poll(&waiting, 1, 5000) > 0 else {
        kill()
        return false
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

  /// Whether the worker has not ended.
  var isAlive: Bool { state.read { $0.end == nil } }

  /// Whether the kernel has ended the worker for want of memory.
  var ranOutOfMemory: Bool { state.read { $0.end?.isOutOfMemory == true } }

  /// Ends the worker at once.
  func kill() {
    state.note { state in
      state.isOurDoing = true
      if let process = state.process { Glibc.kill(process, SIGKILL) }
    }
  }

  /// Waits until the worker has ended, which somebody has seen to.
  func waitForEnd(upTo seconds: Double) -> WorkerEnd? {
    state.wait(upTo: seconds) { $0.end }
  }

  /// Ends the worker, politely at first, and waits for that.
  func retire(patience: Double) {
    state.note { $0.isOurDoing = true }
    if send(WorkerWire.line(WorkerCommand.quit)), waitForEnd(upTo: patience) != nil {
      bury()
      return
    }
    kill()
    bury()
  }

  /// Waits for the thread of a worker that ends.
  func bury() {
    var ended: Workers?
    thread.note {
      ended = $0
      $0 = nil
    }
    ended?.join()
  }

  // MARK: The thread

  private func spawn(
    _ program: String, _ arguments: [String],
    _ streams: (input: Int32, output: Int32, errors: Int32)
  ) -> Bool {
    var environment = Self.variables.compactMap { name in
      getenv(name).map { "\(name)=\(String(cString: $0))" }
    }
    // The runtime's own report of a crash would start a program, which a worker may not.
    environment.append("SWIFT_BACKTRACE=enable=no")
    // Each arena of the allocator's takes address space, which is limited.
    environment.append("MALLOC_ARENA_MAX=2")
    var process: pid_t = 0
    let code = withCStrings(["upscale"] + arguments) { arguments in
      withCStrings(environment) { environment in
        cp_spawn(
          program, arguments, environment, streams.input, streams.output, streams.errors,
          &process)
      }
    }
    for descriptor in [streams.input, streams.output, streams.errors] { close(descriptor) }
    state.update { state in
      if code == 0 { state.process = process }
      state.startCode = code
    }
    return code == 0
  }

  private func serve() {
    let process = state.read { $0.process } ?? 0
    let watch = cp_process_descriptor(process)
    var reports = LineSplitter(limit: Self.longestLine)
    var complaints = LineSplitter(limit: 4096)
    var streams = [
      pollfd(fd: output, events: Int16(POLLIN), revents: 0),
      pollfd(fd: errors, events: Int16(POLLIN), revents: 0),
      pollfd(fd: watch, events: Int16(POLLIN), revents: 0),
    ]
    while streams[0].fd >= 0, streams[2].revents == 0 {
      guard poll(&streams, 3, -1) > 0 else { continue }
      if streams[0].revents != 0, !drain(output, { take($0, &reports) }) { streams[0].fd = -1 }
      if streams[1].revents != 0, !drain(errors, { hear($0, &complaints) }) { streams[1].fd = -1 }
    }
    // Whoever has closed its output has nothing more to say, and is most likely ending; how it does
    // is settled by then.
    state.note { state in
      if let process = state.process { Glibc.kill(process, SIGKILL) }
    }
    var status = siginfo_t()
    while waitid(P_PID, id_t(process), &status, WEXITED | WNOWAIT) != 0, errno == EINTR {}
    _ = drain(output) { take($0, &reports) }
    _ = drain(errors) { hear($0, &complaints) }
    if !complaints.rest.isEmpty { hear([UInt8](complaints.rest)) }
    if watch >= 0 { close(watch) }
    state.update { state in
      var value: Int32 = 0
      while waitpid(process, &value, 0) < 0, errno == EINTR {}
      // From here on the number may be another process's.
      state.process = nil
      let signal = value & 0x7F
      state.end = WorkerEnd(
        signal: signal == 0 ? nil : signal, exitCode: signal == 0 ? value >> 8 & 0xFF : nil,
        lastLines: state.lastLines, isShared: state.mail.count > 1,
        isOutOfMemory: signal == SIGKILL && !state.isOurDoing)
    }
  }

  /// Reads what there is.
  ///
  /// - Returns: whether there may be more later.
  private func drain(_ descriptor: Int32, _ body: (UnsafeRawBufferPointer) -> Void) -> Bool {
    var bytes = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = read(descriptor, &bytes, bytes.count)
      if count > 0 {
        bytes[..<count].withUnsafeBytes { body($0) }
      } else if count == 0 {
        return false
      } else if errno != EINTR {
        return errno == EAGAIN || errno == EWOULDBLOCK
      }
    }
  }

  private func take(_ bytes: UnsafeRawBufferPointer, _ splitter: inout LineSplitter) {
    for line in splitter.add(bytes) where !line.isEmpty {
      guard let report = WorkerWire.report(line) else {
        note("it said what nobody understands (\(line.count) bytes)")
        continue
      }
      // What nobody waits for is an answer that came too late.
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
