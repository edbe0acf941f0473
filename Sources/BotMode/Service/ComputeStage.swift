import Upscale

/// Lets the worker enlarge pictures, one at a time; users take turns.
struct ComputeStage: JobStage {
  let context: BotContext

  /// Seconds without work after which the worker is ended, which frees its memory.
  private static let idleLimit = 60.0
  /// The number of unfinished attempts after which a picture is given up.
  private static let attemptLimit = 12
  /// When the service ends, a picture that will be ready within so many seconds is finished.
  private static let grace = 6.0

  /// First a job whose enlarged picture is on the disk already; then the first in turn whose picture has
  /// been fetched.
  func next(_ state: BotState, _ live: LiveState) -> (id: Int64, state: JobState)? {
    let rendered = state.jobs.rows.filter { id, job in
      if case .rendered = job.stage { return !live.isBusy(id) }
      return false
    }
    if let (id, job) = rendered.min(by: { $0.key < $1.key }) {
      return (id, .fitting(job.fittingSeconds))
    }
    guard let id = state.queue().first(where: { live.state(of: $0) == .fetched }),
      let job = state.jobs[id]
    else { return nil }
    return (id, .computing(0, state.memory.expectedSeconds(of: job)))
  }

  func work(on id: Int64, _ job: Job) -> JobState {
    compute(id, job)
    let isWaiting = context.store.read { state, _ in state.jobs[id]?.stage == .waiting }
    return isWaiting ? .fetched : .resting
  }

  func idle() { context.worker.retireIfIdle(after: Self.idleLimit) }

  private func compute(_ id: Int64, _ job: Job) {
    guard job.attempts < Self.attemptLimit else {
      context.fail(id, .crashed)
      return
    }
    let isBegun: Void? = context.insist { state, _ in
      state.jobs[id]?.attempts += 1
      if job.stage == .waiting { state.giveTurn(to: job.user) }
    }
    guard isBegun != nil else { return }
    let task = task(id, job)
    let start = monotonicSeconds()
    do throws(WorkerFailure) {
      let result = try context.worker.run(
        task, onEvent: { event in note(event, of: id, job) }, isCancelled: { isToStop(id) })
      finish(id, job, result, seconds: monotonicSeconds() - start)
    } catch {
      judge(error, id, seconds: monotonicSeconds() - start)
    }
  }

  private func task(_ id: Int64, _ job: Job) -> WorkerTask {
    // The request contains more than the file, so the file must be smaller than the limit.
    let limit = min(job.byteLimit ?? .max, context.rules.maxResultBytes - (64 << 10))
    let output = context.folder.output(of: id)
    func task(_ work: WorkerTask.Work, _ input: String) -> WorkerTask {
      WorkerTask(
        work, input: input, output: output, format: job.wish.format, byteLimit: limit)
    }
    if case .rendered(let picture) = job.stage {
      return task(.fit(scale: picture.scale), picture.file.path)
    }
    return task(
      .upscale(
        model: context.settings.model(for: job.wish.look), scale: Double(job.wish.scale)),
      context.folder.input(of: id))
  }

  private func note(_ event: WorkerEvent, of id: Int64, _ job: Job) {
    switch event {
    case .progress(let progress):
      context.store.note { live in
        // Until there is an estimate, the expected time is shown.
        let expected = live.state(of: id).remaining
        live.move(
          id,
          to: progress.isFitting
            ? .fitting(progress.remaining ?? job.fittingSeconds)
            : .computing(progress.fraction, progress.remaining ?? expected ?? 0))
      }
    case .rendered(let picture):
      context.insist { state, _ in state.jobs[id]?.stage = .rendered(picture) }
    }
  }

  /// Whether the job was cancelled, or the service ends and the job would not be ready in time.
  private func isToStop(_ id: Int64) -> Bool {
    context.store.read { state, live in
      guard state.jobs[id] != nil else { return true }
      guard let stopped = live.stopped else { return false }
      let left = stopped + Self.grace - monotonicSeconds()
      return left < (live.state(of: id).remaining ?? 0)
    }
  }

  private func finish(_ id: Int64, _ job: Job, _ result: WorkerResult, seconds: Double) {
    let input = (job.source.width ?? 0, job.source.height ?? 0)
    let picture = FinishedPicture(
      file: result.file, inputWidth: input.0, inputHeight: input.1,
      concessions: Concession.list(result, wish: job.wish), seconds: seconds,
      damage: result.damage ?? job.damage)
    context.insist { state, live in
      guard state.jobs[id] != nil else { return }
      state.jobs[id]?.stage = .finished(picture)
      live.retries[id] = nil
      if job.stage == .waiting { state.memory.learn(job, seconds: result.seconds) }
    }
    context.log.note(
      .info, "picture enlarged",
      [
        "job": "\(id)", "look": job.wish.look.rawValue, "from": "\(input.0)x\(input.1)",
        "to": "\(result.file.width)x\(result.file.height)",
        "format": result.file.format.rawValue, "bytes": "\(result.file.bytes)",
        "seconds": tenths(seconds),
        "damage": picture.damage?.sentence ?? "none",
      ])
  }

  private func judge(_ failure: WorkerFailure, _ id: Int64, seconds: Double) {
    switch failure {
    case .refused(let refusal):
      context.log.detail("picture refused", ["job": "\(id)", "reason": refusal.message])
      context.fail(id, Failure(refusal.reason))
    case .cancelled:
      context.log.detail("picture stopped", ["job": "\(id)", "after": tenths(seconds)])
    case .crashed(let end):
      // An examination takes little memory, so for a lack of it the computed picture is blamed.
      context.noteCrash(end, of: id, isItsFault: end.isOutOfMemory)
    case .hung(let end):
      context.noteCrash(end, of: id, hung: true)
    case .lost:
      // Another request was the cause: this one is tried again.
      context.pause(0.2)
    case .cannotStart(let error):
      context.log.note(.error, "worker not started", ["reason": error.message])
      context.insist { state, _ in state.jobs[id]?.attempts -= 1 }
      context.pause(5)
    }
  }
}
