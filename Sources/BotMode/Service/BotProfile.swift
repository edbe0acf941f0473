/// Sets the menu of commands and the descriptions that Telegram shows.
///
/// It runs on a thread of its own, since Telegram may ask to wait.
struct BotProfile: Sendable {
  let context: BotContext

  /// Sets what users see of the bot before they write to it. The bot works without it.
  func introduce() {
    let languages: [(tag: String?, language: Language)] =
      [(nil, .english)] + Language.allCases.map { ($0.rawValue, $0) }
    for (tag, language) in languages {
      let texts = Texts(language: language)
      let menu = ChatCommand.menu.map { ($0.rawValue, texts.summary(of: $0)) }
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
}
