extension BotContext {
  /// Whether a job no longer exists, which means that it was cancelled.
  func isGone(_ job: Int64) -> Bool { store.read { state, _ in state.jobs[job] == nil } }

  /// Handles the death or hanging of a worker during a job: the job is tried once more, with half of the
  /// memory if a lack of it was the reason.
  ///
  /// - Parameters:
  ///   - end: how it ended.
  ///   - id: the job.
  ///   - hung: whether it was killed because it did not answer.
  ///   - isItsFault: whether the job is blamed although another request was running.
  func noteCrash(_ end: WorkerEnd, of id: Int64, hung: Bool = false, isItsFault: Bool = false) {
    log.note(
      .error,
      hung ? "worker hung" : end.isOutOfMemory ? "worker killed, out of memory" : "worker died",
      [
        "job": "\(id)", "signal": end.signal.map { "\($0)" } ?? "none",
        "code": end.exitCode.map { "\($0)" } ?? "none",
        "last_words": end.lastLines.suffix(3).joined(separator: " / "),
      ])
    if end.isByItsSandbox {
      log.note(
        .warning, "a picture may have tried to take the worker over; the kernel's log has the call",
        ["job": "\(id)"])
    }
    let crashes = insist { state, _ -> Int in
      state.memory.tally.crashes += 1
      if !end.isShared || isItsFault {
        state.jobs[id]?.crashes += 1
      } else {
        // This attempt does not count, since another request was the cause.
        state.jobs[id]?.attempts -= 1
      }
      return state.jobs[id]?.crashes ?? 0
    }
    if let crashes, crashes >= 2 {
      fail(id, hung ? .tookTooLong : end.isOutOfMemory ? .noMemory : .crashed)
    }
  }
}
