import Upscale

/// The bot's interface to the worker, a separate process that decodes and computes.
///
/// The process is started when it is needed, and again after it has died. After the kernel has killed it,
/// which happens when memory is short, it is started with half the memory until it has been idle. It does
/// one task at a time; `examine` is answered while a task is running. All methods may be called from any
/// thread, and block.
package final class WorkerProcess: Sendable {
  /// Timeouts, in seconds.
  package struct Patience: Sendable {
    /// For the worker to be ready.
    package var start = 60.0
    /// For an examination.
    package var examination = 60.0
    /// For a report while a task is running.
    package var silence = 180.0
    /// For the answer to a cancellation, and for the worker to end when asked to; then it is killed.
    package var cancellation = 0.5

    package init() {}
  }

  private struct State {
    var connection: WorkerConnection?
    /// Whether a thread is starting or ending a worker.
    var isChanging = false
    var hello: WorkerHello?
    var requests = 0
    /// The number of running requests.
    var users = 0
    var lastUse = monotonicSeconds()
    /// Bytes that the next workers may hold, after one that held more was killed.
    var memoryLimit: Int?
  }

  private let settings: WorkerSettings
  private let patience: Patience
  private let program: String
  private let arguments: [String]
  private let log: @Sendable (String) -> Void
  private let state = Shared(State())
  private let turn = Shared(1)

  /// - Parameters:
  ///   - settings: for the worker; its work folder exists.
  ///   - patience: how long is waited.
  ///   - program: what is run as the worker.
  ///   - arguments: its arguments.
  ///   - log: takes lines for the log, from any thread.
  package init(
    _ settings: WorkerSettings, patience: Patience = Patience(),
    program: String = ProgramFile.executable, arguments: [String] = ["bot-worker"],
    log: @escaping @Sendable (String) -> Void = { _ in }
  ) {
    self.settings = settings
    self.patience = patience
    self.program = program
    self.arguments = arguments
    self.log = log
  }

  deinit {
    stop()
  }

  /// Starts the worker if it is not running.
  ///
  /// - Returns: the worker's first report.
  /// - Throws: `.cannotStart`, `.crashed`, `.hung`.
  @discardableResult
  package func start() throws(WorkerFailure) -> WorkerHello {
    _ = try connection()
    guard let hello else { throw .lost }
    return hello
  }

  /// The first report of the last worker, with speeds measured since; nil before the first start.
  package var hello: WorkerHello? { state.read { $0.hello } }

  /// Reads the header of a picture in the work folder.
  ///
  /// - Throws: any `WorkerFailure`.
  package func examine(_ path: String) throws(WorkerFailure) -> PictureExamination {
    let report = try ask(upTo: patience.examination) { .examine(id: $0, path: path) }
    guard case .examined(_, let examination) = report else { throw .lost }
    return examination
  }

  /// Lets the worker try actions; waits for an earlier task to end.
  ///
  /// - Parameters:
  ///   - probe: what to try.
  ///   - seconds: how long to wait at most.
  /// - Returns: errno values by action, 0 for success.
  /// - Throws: any `WorkerFailure`.
  package func probe(
    _ probe: WorkerProbe = WorkerProbe(), upTo seconds: Double = 600
  ) throws(WorkerFailure) -> [String: Int32] {
    let report = try ask(upTo: seconds) { .probe(id: $0, probe) }
    guard case .probed(_, let results) = report else { throw .lost }
    return results
  }

  /// Lets the worker do a task; waits for earlier tasks to end.
  ///
  /// - Parameters:
  ///   - task: what to do.
  ///   - onEvent: called on this thread.
  ///   - isCancelled: asked some times a second, on this thread.
  /// - Returns: the result, in the work folder.
  /// - Throws: any `WorkerFailure`.
  package func run(
    _ task: WorkerTask, onEvent: (WorkerEvent) -> Void = { _ in },
    isCancelled: () -> Bool = { false }
  ) throws(WorkerFailure) -> WorkerResult {
    while turn.wait(upTo: 0.1, { $0 > 0 ? ($0 -= 1) : nil }) == nil {
      if isCancelled() { throw .cancelled }
    }
    defer { turn.update { $0 += 1 } }
    return try withRequest { (id, connection) throws(WorkerFailure) in
      try follow(task, id, connection, onEvent: onEvent, isCancelled: isCancelled)
    }
  }

  private func follow(
    _ task: WorkerTask, _ id: Int, _ connection: WorkerConnection, onEvent: (WorkerEvent) -> Void,
    isCancelled: () -> Bool
  ) throws(WorkerFailure) -> WorkerResult {
    _ = connection.send(WorkerWire.line(WorkerCommand.task(id: id, task)))
    let start = monotonicSeconds()
    var lastSign = start
    var cancelled: Double?
    while true {
      switch connection.next(id, upTo: 0.05) {
      case .report(.event(_, let event)):
        lastSign = monotonicSeconds()
        if case .rendered(let picture) = event, !isExpected(picture.file.path, of: task) {
          throw .crashed(end(connection))
        }
        if cancelled == nil { onEvent(event) }
      case .report(.done(_, let result, let pace)):
        if let pace { learn(pace, of: task) }
        if cancelled != nil { throw .cancelled }
        guard isPlausible(result, of: task) else {
          throw .crashed(end(connection))
        }
        return result
      case .report(.refused(_, let refusal)):
        if cancelled != nil { throw .cancelled }
        // Without a cancellation, the worker only stops a task when it is ending.
        throw refusal.reason == .cancelled ? .lost : .refused(refusal)
      case .report:
        throw .lost
      case .end(let end, let isOurDoing):
        throw cancelled != nil ? .cancelled : isOurDoing ? .lost : .crashed(end)
      case .nothing:
        break
      }
      let now = monotonicSeconds()
      if let cancelled {
        if now - cancelled > patience.cancellation {
          end(connection)
          throw .cancelled
        }
      } else if isCancelled() {
        cancelled = now
        _ = connection.send(WorkerWire.line(WorkerCommand.cancel(id: id)))
      } else if now - lastSign > patience.silence
        || now - start > Double(settings.limits.taskSeconds)
      {
        throw .hung(end(connection))
      }
    }
  }

  /// Ends the worker if there was no request for so many seconds, to free its weights and buffers.
  ///
  /// - Returns: whether no worker is running.
  @discardableResult
  package func retireIfIdle(after seconds: Double) -> Bool {
    let now = monotonicSeconds()
    var idle: WorkerConnection?
    let isGone = state.update { state -> Bool in
      guard let connection = state.connection else { return !state.isChanging }
      guard state.users == 0, !state.isChanging, now - state.lastUse >= seconds else {
        return false
      }
      idle = connection
      state.connection = nil
      state.memoryLimit = nil
      state.isChanging = true
      return true
    }
    guard let idle else { return isGone }
    idle.retire(patience: patience.cancellation)
    state.update { $0.isChanging = false }
    return true
  }

  /// Ends the worker now; running requests fail with `.lost`. It can be started again.
  package func stop() {
    let connection = state.wait { state -> WorkerConnection?? in
      guard !state.isChanging else { return nil }
      defer { state.connection = nil }
      state.isChanging = true
      return .some(state.connection)
    }
    connection??.retire(patience: patience.cancellation)
    state.update { $0.isChanging = false }
  }

  // MARK: Requests

  /// Sends a request that is answered by one report.
  private func ask(
    upTo seconds: Double, _ command: (Int) -> WorkerCommand
  ) throws(WorkerFailure) -> WorkerReport {
    try withRequest { (id, connection) throws(WorkerFailure) in
      _ = connection.send(WorkerWire.line(command(id)))
      switch connection.next(id, upTo: seconds) {
      case .report(.refused(_, let refusal)): throw .refused(refusal)
      case .report(let report): return report
      case .end(let end, let isOurDoing): throw isOurDoing ? .lost : .crashed(end)
      case .nothing: throw .hung(end(connection))
      }
    }
  }

  private func withRequest<Result>(
    _ body: (Int, WorkerConnection) throws(WorkerFailure) -> Result
  ) throws(WorkerFailure) -> Result {
    let id = state.update { state in
      state.requests += 1
      state.users += 1
      return state.requests
    }
    defer {
      state.update { state in
        state.users -= 1
        state.lastUse = monotonicSeconds()
      }
    }
    let connection = try connection()
    connection.expect(id)
    defer { connection.forget(id) }
    return try body(id, connection)
  }

  /// Kills a worker whose answers cannot be trusted.
  @discardableResult
  private func end(_ connection: WorkerConnection) -> WorkerEnd {
    connection.kill()
    return connection.waitForEnd(upTo: 10)
      ?? WorkerEnd(signal: nil, exitCode: nil, lastLines: [], isShared: false, isOutOfMemory: false)
  }

  /// Whether a path is one that a task's results may have. Otherwise a worker that a picture has taken over
  /// could cause another file to be sent to a user.
  private func isExpected(_ path: String, of task: WorkerTask) -> Bool {
    if case .fit = task.work, path == task.input { return true }
    return PictureFormat.allCases.contains {
      path == "\(task.output).\($0.fileEnding)" || path == "\(task.output)-fitted.\($0.fileEnding)"
    }
  }

  /// Whether a result's file exists and agrees with the report.
  private func isPlausible(_ result: WorkerResult, of task: WorkerTask) -> Bool {
    let file = result.file
    guard isExpected(file.path, of: task),
      let status = BytePath(file.path).status(followingLinks: false), status.isRegular
    else { return false }
    return status.size == file.bytes && file.bytes <= task.byteLimit
  }

  /// Updates the speed of a model with a measured one.
  private func learn(_ pace: Double, of task: WorkerTask) {
    guard case .upscale(let name, _) = task.work else { return }
    state.update { state in
      guard var hello = state.hello,
        let index = hello.models.firstIndex(where: { $0.name == name })
      else { return }
      // The mean of the old and the new speed, since the speed of a shared machine varies.
      hello.models[index].pace = hello.models[index].pace.map { ($0 + pace) / 2 } ?? pace
      state.hello = hello
    }
  }

  // MARK: Starting

  /// The worker that is running, or a new one.
  private func connection() throws(WorkerFailure) -> WorkerConnection {
    enum Choice {
      case running(WorkerConnection)
      case starting(after: WorkerConnection?)
    }
    let choice = state.wait { state -> Choice? in
      guard !state.isChanging else { return nil }
      if let connection = state.connection, connection.isAlive { return .running(connection) }
      let old = state.connection
      if old?.ranOutOfMemory == true, state.memoryLimit == nil {
        state.memoryLimit = state.hello?.memory.map { $0 / 2 }
      }
      state.connection = nil
      state.isChanging = true
      return .starting(after: old)
    }
    switch choice {
    case .running(let connection): return connection
    case .starting(let old):
      old?.bury()
      do throws(WorkerFailure) {
        let (connection, hello) = try makeConnection()
        state.update { state in
          state.isChanging = false
          state.connection = connection
          state.hello = hello
        }
        return connection
      } catch {
        state.update { $0.isChanging = false }
        throw error
      }
    case nil: throw .lost
    }
  }

  private func makeConnection() throws(WorkerFailure) -> (WorkerConnection, WorkerHello) {
    let connection = try WorkerConnection(program: program, arguments: arguments, log: log)
    defer { connection.forget(0) }
    let known = hello?.models ?? []
    var settings = settings
    if let limit = state.read({ $0.memoryLimit }) {
      settings.maxMemory = min(settings.maxMemory ?? limit, limit)
    }
    let start = WorkerStart(
      settings: settings, parent: CurrentProcess.number,
      measuresPaces: settings.measuresPaces
        && (known.isEmpty || known.contains { $0.pace == nil }))
    _ = connection.send(WorkerWire.line(start))
    let answer = connection.next(0, upTo: patience.start)
    switch answer {
    case .report(.hello(var hello)):
      for index in hello.models.indices where hello.models[index].pace == nil {
        hello.models[index].pace = known.first { $0.name == hello.models[index].name }?.pace
      }
      return (connection, hello)
    case .report(.refused(_, let refusal)):
      connection.retire(patience: patience.cancellation)
      throw .cannotStart(
        UpscaleError(
          refusal.reason == .notEnoughMemory ? .memory() : .configuration, refusal.message))
    case .end(let end, _):
      connection.bury()
      throw .crashed(end)
    case .report, .nothing:
      let last = end(connection)
      connection.bury()
      throw .hung(last)
    }
  }
}
