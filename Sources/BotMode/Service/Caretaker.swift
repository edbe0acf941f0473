import Upscale

/// Small duties beside the work: the health file, and that nothing stays on the disk of what is over;
/// and, on a thread of its own, since Telegram may want to wait for it, the menu of commands.
struct Caretaker: Sendable {
  let context: BotContext

  /// Seconds between looks at what is not urgent.
  private static let interval = 5.0

  /// Serves until the service ends.
  func run() {
    var written = 0.0
    var looked = -Double.infinity
    while !context.isEnding {
      if monotonicSeconds() - looked >= Self.interval {
        looked = monotonicSeconds()
        let poll = context.ledger.read { _, live in live.lastPoll }
        if let path = context.settings.healthFile, let poll, poll > written {
          written = poll
          writeHealth(path)
        }
        context.ledger.prune()
        context.sweep()
      }
      let isDue: Void? = context.ledger.wait(upTo: 1) { state, live in
        live.remains.isDue(state, at: monotonicSeconds()) ? () : nil
      }
      if isDue != nil { context.erase() }
    }
    if let path = context.settings.healthFile { BytePath(path).remove() }
  }

  /// What users see of the bot before they talk to it; none of it is needed.
  func introduce() {
    let languages: [(tag: String?, language: Language)] =
      [(nil, .english)] + Language.allCases.map { ($0.rawValue, $0) }
    for (tag, language) in languages {
      let texts = Texts(language: language)
      let menu = BotCommand.menu.map { ($0.rawValue, texts.summary(of: $0)) }
      attempt("commands") { () throws(BotAPIError) in
        try context.api.setMyCommands(menu, language: tag)
      }
      attempt("description") { () throws(BotAPIError) in
        try context.api.setMyDescription(texts.description, language: tag)
      }
      attempt("short description") { () throws(BotAPIError) in
        try context.api.setMyShortDescription(texts.shortDescription, language: tag)
      }
    }
  }

  private func attempt(_ what: String, _ call: () throws(BotAPIError) -> Void) {
    var policy = RetryPolicy(.idempotent)
    while !context.isEnding {
      do throws(BotAPIError) {
        try call()
        return
      } catch {
        guard case .retry(let seconds) = policy.verdict(after: error, random: .random(in: 0..<1))
        else {
          context.log.detail("\(what) not set", ["reason": error.description])
          return
        }
        context.pause(seconds)
      }
    }
  }

  private func writeHealth(_ path: String) {
    let counts = context.ledger.read { state, _ in
      (waiting: state.jobs.rows.count, tally: state.memory.tally)
    }
    let text =
      "{\"polled\":\(Int(BotContext.now())),\"waiting\":\(counts.waiting),"
      + "\"delivered\":\(counts.tally.delivered)}\n"
    do throws(UpscaleError) {
      try Health.write(path, text)
    } catch {
      context.log.note(.warning, "health file not written", ["reason": error.message])
    }
  }
}

extension BotContext {
  /// Removes files of jobs that are over and that nobody works on: cancelled between two stages.
  func sweep() {
    let found = folder.jobsWithFiles()
    guard !found.isEmpty else { return }
    // Numbers are not given twice: a job that is not there now does not come back.
    let needed = ledger.read { state, live in Set(state.jobs.ids).union(live.taken) }
    for job in found.subtracting(needed) { folder.removeFiles(of: job) }
  }

  /// Leaves nothing on the disk of what is over.
  func erase() {
    sweep()
    do throws(UpscaleError) {
      try ledger.erase()
    } catch {
      log.note(.warning, "old state not erased yet", ["reason": error.message])
    }
  }
}
