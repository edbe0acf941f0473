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
