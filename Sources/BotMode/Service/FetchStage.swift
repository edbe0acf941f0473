import Upscale

/// Fetches the pictures whose turns come next, and examines them, while others are computed.
struct FetchStage: JobStage {
  let context: BotContext

  /// How many pictures are fetched before their turns.
  private static let ahead = 3

  func next(_ state: BotState, _ live: LiveState) -> (id: Int64, state: JobState)? {
    let now = monotonicSeconds()
    return state.queue().prefix(Self.ahead)
      .first { live.state(of: $0) == .resting && live.mayTry($0, at: now) }
      .map { ($0, .fetching) }
  }

  func work(on id: Int64, _ job: Job) -> JobState { fetch(id, job) ? .fetched : .resting }

  /// - Returns: whether the picture was fetched and can be computed.
  private func fetch(_ id: Int64, _ job: Job) -> Bool {
    let path = context.folder.input(of: id)
    do throws(BotAPIError) {
      let file = try context.api.getFile(job.source.fileID)
      if let size = file.fileSize, size > Int64(context.rules.maxFileBytes) {
        context.fail(id, .unusable(.tooManyBytes(Int(clamping: size))))
        return false
      }
      guard let filePath = file.filePath else {
        context.fail(id, .cannotFetch)
        return false
      }
      let bytes = try context.api.download(
        filePath, to: path, limit: context.rules.maxFileBytes, expecting: file.fileSize,
        isCancelled: { context.isEnding || context.isGone(id) })
      context.log.detail("picture fetched", ["job": "\(id)", "bytes": "\(bytes)"])
    } catch {
      judge(error, id, job)
      return false
    }
    return examine(id, job, path)
  }

  private func judge(_ error: BotAPIError, _ id: Int64, _ job: Job) {
    guard error != .interrupted, !context.settle(error, chat: job.chat) else { return }
    context.log.detail("picture not fetched", ["job": "\(id)", "reason": error.description])
    if error.isFileTooBig {
      context.fail(id, .unusable(.tooManyBytes(job.source.size ?? context.rules.maxFileBytes + 1)))
    } else if case .local(let reason) = error {
      // Most likely the disk failed: the operator has to fix that, and the picture waits.
      context.log.note(.error, "picture not kept", ["job": "\(id)", "reason": reason.message])
      context.store.note {
        $0.retries[id] = LiveState.Retry(
          policy: RetryPolicy(.idempotent), notBefore: monotonicSeconds() + 10)
      }
    } else if !context.retries(after: error, row: id, as: .idempotent, .none) {
      context.fail(id, .cannotFetch)
    }
  }

  private func examine(_ id: Int64, _ job: Job, _ path: String) -> Bool {
    do throws(WorkerFailure) {
      let facts = try context.worker.examine(path)
      var known = job
      known.source.width = facts.width
      known.source.height = facts.height
      known.source.size = facts.bytes
      let complaint = context.insist { state, _ -> Unusable? in
        state.jobs[id]?.source = known.source
        return context.rules.complaint(
          about: known, seconds: state.memory.expectedSeconds(of: known))
      }
      if let complaint = complaint.flatMap({ $0 }) {
        context.fail(id, .unusable(complaint))
        return false
      }
      return true
    } catch {
      switch error {
      case .refused(let refusal):
        context.log.detail("picture refused", ["job": "\(id)", "reason": refusal.message])
        context.fail(id, Failure(refusal.reason))
      case .crashed(let end), .hung(let end):
        // A hostile file does harm when its header is read, so the examined picture is blamed and not the one
        // being computed. But reading a header takes little memory, so for a lack of it the computed one is
        // blamed.
        if !(end.isOutOfMemory && end.isShared) {
          context.noteCrash(end, of: id, isItsFault: true)
        }
      case .lost, .cancelled: break
      case .cannotStart(let error):
        context.log.note(.error, "worker not started", ["reason": error.message])
        context.pause(2)
      }
      return false
    }
  }
}
