/// A person, or a bot.
struct User: Sendable, Hashable, Decodable {
  let id: Int64
  let isBot: Bool
  /// The language of the person's app: "ru", "pt-br", ….
  let languageCode: String?
  let firstName: String?
  /// Without the "@".
  let username: String?

  private enum Key: String, CodingKey {
    case id, username
    case isBot = "is_bot"
    case languageCode = "language_code"
    case firstName = "first_name"
  }

  init(
    id: Int64, isBot: Bool = false, languageCode: String? = nil, firstName: String? = nil,
    username: String? = nil
  ) {
    self.id = id
    self.isBot = isBot
    self.languageCode = languageCode
    self.firstName = firstName
    self.username = username
  }

  init(from decoder: any Decoder) throws {
    let fields = try decoder.container(keyedBy: Key.self)
    id = try fields.identifier(.id)
    isBot = fields.ifReadable(.isBot) ?? false
    languageCode = fields.ifReadable(.languageCode)
    firstName = fields.ifReadable(.firstName)
    username = fields.ifReadable(.username)
  }
}
