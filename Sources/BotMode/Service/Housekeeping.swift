import Upscale

/// Regular tasks: writing the health file, and removing files and traces of jobs that are over.
struct Housekeeping: Sendable {
  let context: BotContext

  /// Seconds between tasks that are not urgent.
  private static let interval = 5.0

  /// Serves until the service ends.
  func run() {
    var written = 0.0
    var looked = -Double.infinity
    while !context.isEnding {
      if monotonicSeconds() - looked >= Self.interval {
        looked = monotonicSeconds()
        let poll = context.store.read { _, live in live.lastPoll }
        if let path = context.settings.healthFile, let poll, poll > written {
          written = poll
          writeHealth(path)
        }
        context.store.prune()
        context.sweep()
      }
      let isDue: Void? = context.store.wait(upTo: 1) { state, live in
        live.remains.isDue(state, at: monotonicSeconds()) ? () : nil
      }
      if isDue != nil { context.erase() }
    }
    if let path = context.settings.healthFile { BytePath(path).remove() }
  }

  private func writeHealth(_ path: String) {
    let counts = context.store.read { state, _ in
      (waiting: state.jobs.rows.count, tally: state.memory.tally)
    }
    let facts: JSON = .object([
      "polled": .integer(Int(BotContext.now())), "waiting": .integer(counts.waiting),
      "delivered": .integer(Int(counts.tally.delivered)),
    ])
    do throws(UpscaleError) {
      try Health.write(path, facts.text + "\n")
    } catch {
      context.log.note(.warning, "health file not written", ["reason": error.message])
    }
  }
}

extension BotContext {
  /// Removes files of jobs that are over and that no thread works on, as after a cancellation between two
  /// stages.
  func sweep() {
    let found = folder.jobsWithFiles()
    guard !found.isEmpty else { return }
    // Numbers are not given twice, so a job that does not exist now never will.
    let needed = store.read { state, live in Set(state.jobs.ids).union(live.busyJobs) }
    for job in found.subtracting(needed) { folder.removeFiles(of: job) }
  }

  /// Erases all traces of jobs that are over from the disk.
  func erase() {
    sweep()
    do throws(UpscaleError) {
      try store.erase()
    } catch {
      log.note(.warning, "old state not erased yet", ["reason": error.message])
    }
  }
}
