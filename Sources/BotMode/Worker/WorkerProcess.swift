/// The worker as the bot sees it: a process of its own that decodes and computes.
///
/// It is started when it is needed, and anew after it died. One task at a time; `examine` is answered
/// while a task is under way. All methods may be called from any thread and block.
package final class WorkerProcess: Sendable {
  /// How long is waited.
  package struct Patience: Sendable {
    /// For the worker to be ready, in seconds.
    package var start = 60.0
    /// For an examination.
    package var examination = 30.0
    /// For a sign of life while a task is under way.
    package var silence = 180.0
    /// For the answer to a cancellation; then the worker is killed.
    package var cancellation = 0.7

    package init() {}
  }

  /// - Parameters:
  ///   - settings: for the worker; its work folder exists.
  ///   - patience: how long is waited.
  ///   - program: what is run as the worker.
  ///   - arguments: its arguments.
  ///   - log: takes lines for the log, from any thread.
  package init(
    _ settings: WorkerSettings, patience: Patience = Patience(),
    program: String = "/proc/self/exe", arguments: [String] = ["bot-worker"],
    log: @escaping @Sendable (String) -> Void = { _ in }
  ) {}

  /// Starts the worker if it is not running.
  ///
  /// - Returns: what it says of itself.
  /// - Throws: `.cannotStart`, `.crashed`, `.hung`.
  @discardableResult
  package func start() throws(WorkerFailure) -> WorkerHello { throw .lost }

  /// What the worker said of itself last, with paces as measured since; nil before its first start.
  package var hello: WorkerHello? { nil }

  /// Reads the header of a picture in the work folder.
  ///
  /// - Throws: any `WorkerFailure`.
  package func examine(_ path: String) throws(WorkerFailure) -> PictureExamination {
    throw .lost
  }

  /// Has a task done; waits for its turn.
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
    throw .lost
  }

  /// Ends the worker if nobody has asked for anything for so many seconds: it holds weights and
  /// buffers.
  ///
  /// - Returns: whether there is no worker any more.
  @discardableResult
  package func retireIfIdle(after seconds: Double) -> Bool { true }

  /// Ends the worker now; what is under way fails as `.lost`. It can be started again.
  package func stop() {}
}
