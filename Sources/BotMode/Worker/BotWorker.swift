package import Upscale

/// The program of the worker process, which decodes and computes.
///
/// Commands are read on a thread of their own, so that cancellations and examinations are handled while a
/// picture is computed on the main thread.
package final class BotWorker: Sendable {
  /// The state that the threads share.
  private struct Desk {
    var queue: [WorkerCommand] = []
    var cancelled: Set<Int> = []
    /// The request on which the main thread works.
    var current: Int?
    var isEnding = false
  }

  private let desk = Shared(Desk())
  private let output = Shared(StandardStream.output)
  private let examiner: PictureExaminer
  /// Processor seconds that a task may take.
  private let taskBudget: Int

  /// Processor seconds that are allowed between tasks.
  private static let idleBudget = 60

  private init(_ settings: WorkerSettings, threads: Int) {
    examiner = PictureExaminer(limits: settings.limits)
    taskBudget = settings.limits.taskSeconds * threads + Self.idleBudget
  }

  /// Serves the process that started this one until that closes the connection.
  ///
  /// - Parameter exitCode: the exit code for an error that prevents serving.
  package static func run(exitCode: (UpscaleError) -> Int32) -> Never {
    CurrentProcess.ignoreStopSignals()
    var input = LineInput()
    guard !StandardStream.input.isTerminal, let line = input.next(),
      let start = WorkerWire.read(WorkerStart.self, line)
    else {
      complain("bot-worker is started by 'upscale bot' and does nothing on its own")
      CurrentProcess.endAtOnce(
        exitCode(UpscaleError(.usage, "bot-worker is started by 'upscale bot'")))
    }
    guard CurrentProcess.follow(start.parent) else { CurrentProcess.endAtOnce(0) }
    Machine.returnLargeBlocks()
    // Read before the sandbox makes parts of /sys unreadable.
    let threads = start.settings.threads ?? Machine.coreCount
    let worker = BotWorker(start.settings, threads: threads)
    do throws(UpscaleError) {
      try worker.serve(start, threads: threads, input: input)
    } catch {
      worker.report(.refused(id: 0, WorkerRefusal(error)))
      CurrentProcess.endAtOnce(exitCode(error))
    }
  }

  private func serve(
    _ start: WorkerStart, threads: Int, input: LineInput
  ) throws(UpscaleError) -> Never {
    let memory = MemoryBudget(bytes: start.settings.maxMemory).bytes
    let models = try WorkerModels(start.settings)
    // The sandbox opens no library.
    ColorTransform.load()
    // Before other threads are started, since the sandbox would not apply to them.
    let sandbox = try WorkerSandbox.enter(
      start.settings, weights: models.paths, memory: memory, threads: threads)
    WorkerSandbox.allowProcessorTime(taskBudget)
    let runner = TaskRunner(start.settings, models: models, examiner: examiner, memory: memory)
    report(
      .hello(
        WorkerHello(
          version: upscaleVersion, pid: CurrentProcess.number, sandbox: sandbox,
          models: try models.describe(measuring: start.measuresPaces, keeping: runner.budget()),
          memory: memory)))
    WorkerSandbox.allowProcessorTime(Self.idleBudget)

    let listener = try Workers(count: 1) { [self] _ in listen(input) }
    work(runner)
    withExtendedLifetime(listener) { CurrentProcess.endAtOnce(0) }
  }

  // MARK: Listening

  private func listen(_ input: LineInput) {
    var input = input
    while let line = input.next() {
      guard let command = WorkerWire.read(WorkerCommand.self, line) else {
        Self.complain("a command that is none was passed over")
        continue
      }
      switch command {
      case .examine(let id, let path):
        desk.note { desk in
          // The limit is renewed, so that the processor time of many examinations does not add up.
          if desk.current == nil { WorkerSandbox.allowProcessorTime(Self.idleBudget) }
        }
        do throws(WorkerRefusal) {
          report(.examined(id: id, try examiner.examine(examiner.read(path))))
        } catch {
          report(.refused(id: id, error))
        }
      case .task, .probe:
        desk.update { $0.queue.append(command) }
      case .cancel(let id):
        desk.update { _ = $0.cancelled.insert(id) }
      case .quit:
        end()
      }
    }
    // The parent has ended or has closed the connection.
    end()
  }

  /// Ends this process at once, without waiting for the main thread's work.
  private func end() -> Never {
    desk.update { $0.isEnding = true }
    _ = desk.wait(upTo: 0.3) { $0.current == nil ? true : nil }
    CurrentProcess.removeTemporaryFiles()
    CurrentProcess.endAtOnce(0)
  }

  // MARK: Working

  private func work(_ runner: TaskRunner) {
    while let command = nextCommand() {
      switch command {
      case .task(let id, let task):
        do throws(WorkerRefusal) {
          let (result, pace) = try runner.run(
            task,
            observer: TaskObserver(
              tell: { self.report(.event(id: id, $0)) }, isCancelled: { self.isCancelled(id) }))
          report(.done(id: id, result, pace: pace))
        } catch {
          report(.refused(id: id, error))
        }
        runner.tidy()
      case .probe(let id, let probe):
        if probe.silence > 0 { pause(seconds: min(probe.silence, 1000)) }
        if probe.allocating > 0 {
          let bytes = [UInt8](repeating: 1, count: probe.allocating)
          precondition(bytes.last == 1)
        }
        if probe.spinning {
          WorkerSandbox.allowProcessorTime(0)
          let end = monotonicSeconds() + 600
          while monotonicSeconds() < end {}
        }
        report(.probed(id: id, WorkerSandbox.probe(probe)))
      case .examine, .cancel, .quit:
        continue
      }
      desk.update { desk in
        if let current = desk.current { desk.cancelled.remove(current) }
        desk.current = nil
        WorkerSandbox.allowProcessorTime(Self.idleBudget)
      }
    }
  }

  /// The next thing to do; nil at the end.
  private func nextCommand() -> WorkerCommand? {
    let next = desk.wait { [taskBudget] desk -> WorkerCommand?? in
      if desk.isEnding { return .some(nil) }
      guard !desk.queue.isEmpty else { return nil }
      let command = desk.queue.removeFirst()
      switch command {
      case .task(let id, _), .probe(let id, _): desk.current = id
      default: break
      }
      WorkerSandbox.allowProcessorTime(taskBudget)
      return command
    }
    return next ?? nil
  }

  private func isCancelled(_ id: Int) -> Bool {
    desk.read { $0.isEnding || $0.cancelled.contains(id) }
  }

  // MARK: Talking

  private func report(_ report: WorkerReport) {
    let line = WorkerWire.line(report)
    output.note { output in
      do throws(UpscaleError) {
        try line.withUnsafeBufferPointer { line throws(UpscaleError) in
          try OutputFile.writeAll(UnsafeRawBufferPointer(line), to: output)
        }
      } catch {
        // The parent has closed the connection.
        CurrentProcess.endAtOnce(0)
      }
    }
  }

  private static func complain(_ sentence: String) {
    StandardStream.error.writeLine("upscale: \(sentence)")
  }
}
