/// A message to send, or another call that must not be forgotten.
struct Outgoing: Codable, Equatable, Sendable {
  enum Content: Codable, Equatable, Sendable {
    case text(String, Keyboard?)
    case edit(message: Int64, text: String, Keyboard?)
    case delete(message: Int64)
    /// So many more pictures were refused, for the row's reason or for various ones.
    case refusals(count: Int, Language)
  }

  var chat: Int64
  var replyTo: Int64?
  var content: Content
  /// Whose doing it is; nil for what the service says by itself.
  var user: Int64?
  /// Why a picture is refused, if that is what it tells.
  var reason: String?
}

extension BotState {
  /// Messages to one chat that may wait to be sent; a flood of commands gets no more answers.
  static let mostWaitingOfChat = 20
  /// Those of them that one person of a group may cause.
  static let mostWaitingOfMember = 5
  /// Different refusals to one user that may wait.
  static let mostRefusals = 5
  /// Messages to all chats.
  static let mostWaiting = 5000

  /// Whether there is room for one more message that somebody causes.
  func hasRoom(for user: Int64, in chat: Int64, isGroup: Bool) -> Bool {
    guard outbox.rows.count < Self.mostWaiting else { return false }
    let waiting = outbox.rows.values.filter { $0.chat == chat }
    return waiting.count < Self.mostWaitingOfChat
      && (!isGroup || waiting.count { $0.user == user } < Self.mostWaitingOfMember)
  }

  /// Sends a text, a reply to a message if there is one.
  mutating func say(
    _ text: String, to chat: Int64, replyingTo message: Int64? = nil, keyboard: Keyboard? = nil,
    for user: Int64? = nil
  ) {
    outbox[newID()] = Outgoing(
      chat: chat, replyTo: message, content: .text(text, keyboard), user: user)
  }

  /// Changes a message that somebody's press is about; only the last change of a message is sent.
  mutating func edit(
    _ message: Int64, in chat: Int64, to text: String, keyboard: Keyboard? = nil, for user: Int64,
    isGroup: Bool
  ) {
    for id in outbox.ids(where: { $0.chat == chat && $0.isEdit(of: message) }) { outbox[id] = nil }
    guard hasRoom(for: user, in: chat, isGroup: isGroup) else { return }
    outbox[newID()] = Outgoing(
      chat: chat, content: .edit(message: message, text: text, keyboard), user: user)
  }

  /// Says why a picture has no result. Equal refusals that wait become one with a number, and so do
  /// those of a user who causes many.
  ///
  /// - Parameters:
  ///   - reason: a sentence; by it refusals are equal.
  ///   - title: what the picture is called, where that must be said.
  ///   - event: whose picture it was.
  ///   - sending: rows that are being sent and cannot be changed any more.
  mutating func refuse(
    _ reason: String, title: String? = nil, _ event: RefusedPicture, sending: Set<Int64>
  ) {
    let waiting = outbox.rows.filter { $0.value.chat == event.chat && $0.value.reason != nil }
    let ofUser = waiting.filter { $0.value.user == event.user }
    if ofUser.contains(where: { $0.value.reason == reason }) {
      count(reason, event, user: event.user, sending: sending)
    } else if ofUser.count < Self.mostRefusals,
      hasRoom(for: event.user, in: event.chat, isGroup: event.isGroup)
    {
      let texts = Texts(language: event.language)
      outbox[newID()] = Outgoing(
        chat: event.chat, replyTo: event.message,
        content: .text(title.map { texts.failed($0, reason) } ?? reason, nil), user: event.user,
        reason: reason)
    } else {
      count("", event, user: nil, sending: sending)
    }
  }

  /// Adds one to a row that stands for many, or makes it.
  private mutating func count(
    _ reason: String, _ event: RefusedPicture, user: Int64?, sending: Set<Int64>
  ) {
    for (id, row) in outbox.rows
    where row.chat == event.chat && row.user == user && row.reason == reason
      && !sending.contains(id)
    {
      guard case .refusals(let count, let language) = row.content else { continue }
      outbox[id]?.content = .refusals(count: count + 1, language)
      return
    }
    // Not said at all by then: whoever has so many chats is no one person.
    guard outbox.rows.count < Self.mostWaiting else { return }
    outbox[newID()] = Outgoing(
      chat: event.chat, content: .refusals(count: 1, event.language), user: user, reason: reason)
  }
}

/// Whose picture was refused.
struct RefusedPicture: Equatable, Sendable {
  var chat: Int64
  var user: Int64
  var message: Int64
  var isGroup: Bool
  var language: Language
}

extension Outgoing {
  fileprivate func isEdit(of message: Int64) -> Bool {
    if case .edit(message, _, _) = content { return true }
    return false
  }
}
