/// The menu of commands and the descriptions that Telegram shows.
///
/// It has a thread of its own, since Telegram may want to wait for it.
struct BotProfile: Sendable {
  let context: BotContext

  /// What users see of the bot before they talk to it; none of it is needed.
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
