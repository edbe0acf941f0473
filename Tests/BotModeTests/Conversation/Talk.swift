@testable import BotMode

/// A conversation without a network: events are passed in, and the state and the answers can be examined.
struct Talk {
  var state = BotState()
  var conversation = Conversation(rules: BotRules(name: "upscale_bot"), now: 1_000_000)
  private var nextMessage: Int64 = 100

  static let ann: Int64 = 11
  static let bob: Int64 = 22
  static let group: Int64 = -500

  /// A user writes.
  @discardableResult
  mutating func hears(
    _ text: String, from user: Int64 = ann, in chat: Int64? = nil, language: String? = "en",
    replyingTo replied: Message? = nil
  ) -> [Conversation.Immediate] {
    hears(
      message(user, chat, language) { id, chat, from in
        Message(id: id, date: 1, chat: chat, from: from, text: text, replyToMessage: replied)
      })
  }

  /// A user sends something.
  @discardableResult
  mutating func gets(
    photo: (width: Int, height: Int)? = nil, document: Document? = nil, sticker: Sticker? = nil,
    animation: Document? = nil, other: String? = nil, caption: String? = nil,
    album: String? = nil, from user: Int64 = ann, in chat: Int64? = nil, language: String? = "en"
  ) -> [Conversation.Immediate] {
    hears(
      message(user, chat, language) { id, chat, from in
        Message(
          id: id, date: 1, chat: chat, from: from, caption: caption,
          photo: photo.map {
            [
              PhotoSize(fileID: "thumbnail", width: 90, height: 67, fileSize: 1000),
              PhotoSize(
                fileID: "photo\(id)", width: $0.width, height: $0.height, fileSize: 100_000),
            ]
          } ?? [],
          document: document, sticker: sticker, animation: animation, otherMedia: other,
          mediaGroupID: album)
      })
  }

  /// A user presses a button.
  @discardableResult
  mutating func presses(
    _ data: String, from user: Int64 = ann, in chat: Int64? = nil, original: Message? = nil
  ) -> [Conversation.Immediate] {
    let place = Chat(id: chat ?? user, type: chat == nil ? "private" : "group")
    return hears(
      Update(
        updateID: 1,
        callbackQuery: CallbackQuery(
          id: "press", from: User(id: user, languageCode: "en"),
          message: Message(id: 7, date: 1, chat: place, replyToMessage: original), data: data)))
  }

  @discardableResult
  mutating func hears(_ update: Update) -> [Conversation.Immediate] {
    guard let event = Incoming(update, name: conversation.rules.name) else { return [] }
    return conversation.handle(event, in: &state)
  }

  private mutating func message(
    _ user: Int64, _ chat: Int64?, _ language: String?,
    _ make: (Int64, Chat, User) -> Message
  ) -> Update {
    nextMessage += 1
    return Update(
      updateID: nextMessage,
      message: make(
        nextMessage, Chat(id: chat ?? user, type: chat == nil ? "private" : "supergroup"),
        User(id: user, languageCode: language, firstName: "Ann")))
  }

  /// The answers, in order.
  var said: [String] {
    state.outbox.rows.sorted { $0.key < $1.key }.compactMap { _, item in
      if case .text(let text, _) = item.content { return text }
      return nil
    }
  }

  var jobs: [Job] { state.jobs.rows.sorted { $0.key < $1.key }.map(\.value) }

  /// Removes the answers, as if they had been sent.
  mutating func sent() {
    for id in Array(state.outbox.ids) { state.outbox[id] = nil }
  }
}
