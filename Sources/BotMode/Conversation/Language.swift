/// The languages of the bot's texts.
enum Language: String, Codable, CaseIterable, Sendable {
  case english = "en"
  case russian = "ru"

  /// By the tag that a user's program sends, such as "ru" or "pt-br"; English for all others.
  init(tag: String?) {
    let primary = (tag ?? "").lowercased().prefix { $0 != "-" && $0 != "_" }
    self = Language.allCases.first { $0.rawValue == primary } ?? .english
  }

  /// The language's name in itself.
  var name: String {
    switch self {
    case .english: "English"
    case .russian: "Русский"
    }
  }
}
