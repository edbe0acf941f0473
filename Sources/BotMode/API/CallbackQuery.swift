/// A button below one of the bot's messages was pressed.
struct CallbackQuery: Sendable, Decodable {
  let id: String
  let from: User
  /// The message with the button; inaccessible (`isInaccessible`) or nil when it is too old.
  let message: Message?
  /// The data of the button; any user can forge it.
  let data: String?

  private enum Key: String, CodingKey {
    case id, from, message, data
  }

  init(id: String, from: User, message: Message? = nil, data: String? = nil) {
    self.id = id
    self.from = from
    self.message = message
    self.data = data
  }

  init(from decoder: any Decoder) throws {
    let fields = try decoder.container(keyedBy: Key.self)
    id = try fields.decode(String.self, forKey: .id)
    from = try fields.decode(User.self, forKey: .from)
    message = fields.ifReadable(.message)
    data = fields.ifReadable(.data)
  }
}
