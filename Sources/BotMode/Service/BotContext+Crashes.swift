extension BotContext {
  /// A job that is gone was cancelled.
  func isGone(_ job: Int64) -> Bool { store.read { state, _ in state.jobs[job] == nil } }

  /// A worker died or hung over a job: it is tried once more, with half the memory where the want of it
  /// was the reason.
  ///
  /// - Parameters:
  ///   - end: how it ended.
  ///   - id: the job.
  ///   - hung: whether it had to be killed because nothing came from it.
  ///   - isItsFault: whether it counts though another request was under way.
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
        // Begun once more, for another one's fault.
        state.jobs[id]?.attempts -= 1
      }
      return state.jobs[id]?.crashes ?? 0
    }
    if let crashes, crashes >= 2 {
      fail(id, hung ? .tookTooLong : end.isOutOfMemory ? .noMemory : .crashed)
    }
  }
}
