/// What Telegram tells a bot of: one message, one pressed button, or a change of its own standing.
///
/// Decoded leniently: what cannot be read of an update is nil, and the rest of the batch is not
/// lost for it. The identifier alone is always known, and exactly, so that the update can be
/// confirmed.
struct Update: Sendable, Decodable {
  let updateID: Int64
  /// The number that asks for those after it.
  var next: Int64 { updateID == .max ? .max : updateID + 1 }
  let message: Message?
  let callbackQuery: CallbackQuery?
  let myChatMember: ChatMemberUpdated?

  private enum Key: String, CodingKey {
    case updateID = "update_id"
    case message
    case callbackQuery = "callback_query"
    case myChatMember = "my_chat_member"
  }

  init(
    updateID: Int64, message: Message? = nil, callbackQuery: CallbackQuery? = nil,
    myChatMember: ChatMemberUpdated? = nil
  ) {
    self.updateID = updateID
    self.message = message
    self.callbackQuery = callbackQuery
    self.myChatMember = myChatMember
  }

  init(from decoder: any Decoder) throws {
    let fields = try decoder.container(keyedBy: Key.self)
    updateID = try fields.decode(Int64.self, forKey: .updateID)
    message = fields.ifReadable(.message)
    callbackQuery = fields.ifReadable(.callbackQuery)
    myChatMember = fields.ifReadable(.myChatMember)
  }
}

/// A button below one of the bot's messages was pressed.
struct CallbackQuery: Sendable, Decodable {
  let id: String
  let from: User
  /// The message with the button; inaccessible (`isInaccessible`) or nil when it is too old.
  let message: Message?
  /// What the button stands for; anybody can forge it.
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

/// The bot was added to a chat, removed from it or blocked.
struct ChatMemberUpdated: Sendable, Decodable {
  let chat: Chat
  let from: User?
  /// The bot's standing from now on: "member", "administrator", "left", "kicked", ….
  let status: String?

  /// Whether the bot can no longer write there.
  var isGone: Bool { status == "left" || status == "kicked" }

  private enum Key: String, CodingKey {
    case chat, from
    case newMember = "new_chat_member"
  }

  private struct Member: Decodable {
    let status: String?
  }

  init(chat: Chat, from: User? = nil, status: String? = nil) {
    self.chat = chat
    self.from = from
    self.status = status
  }

  init(from decoder: any Decoder) throws {
    let fields = try decoder.container(keyedBy: Key.self)
    chat = try fields.decode(Chat.self, forKey: .chat)
    from = fields.ifReadable(.from)
    let member: Member? = fields.ifReadable(.newMember)
    status = member?.status
  }
}

extension KeyedDecodingContainer {
  /// What stands under `key`; nil when it is absent, null, or nothing of that kind.
  func ifReadable<Value: Decodable>(_ key: Key) -> Value? {
    do {
      return try decodeIfPresent(Value.self, forKey: key)
    } catch {
      return nil
    }
  }
}
