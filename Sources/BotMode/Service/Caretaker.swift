import Glibc
import Upscale

/// Small duties beside the work: the menu of commands at the start, the health file, "is sending a
/// file" while results go out.
struct Caretaker: Sendable {
  let context: BotContext

  /// Serves until the service ends.
  func run() {
    introduce()
    var written = 0.0
    while !context.isEnding {
      let poll = context.ledger.read { _, live in live.lastPoll }
      if let path = context.settings.healthFile, let poll, poll > written {
        written = poll
        writeHealth(path)
      }
      context.ledger.prune()
      context.pause(5)
    }
    if let path = context.settings.healthFile { _ = BytePath(path).withCString { unlink($0) } }
  }

  /// What users see of the bot before they talk to it; none of it is needed.
  private func introduce() {
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
