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
