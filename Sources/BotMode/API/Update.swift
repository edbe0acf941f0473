/// An event for a bot: a message, a pressed button, or a change of the bot's membership.
///
/// Decoding is lenient: a part of an update that cannot be read is nil, and the other updates of the answer
/// are not lost. Only the identifier must be readable, since the update is confirmed by it.
struct Update: Sendable, Decodable {
  let updateID: Int64
  /// The offset that asks for later updates.
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
  /// The value of `key`; nil when it is absent, null, or of another type.
  func ifReadable<Value: Decodable>(_ key: Key) -> Value? {
    do {
      return try decodeIfPresent(Value.self, forKey: key)
    } catch {
      return nil
    }
  }
}
