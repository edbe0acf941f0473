/// A message to send, or another call that must not be forgotten.
struct Outgoing: Codable, Equatable, Sendable {
  enum Content: Codable, Equatable, Sendable {
    case text(String, Keyboard?)
    case edit(message: Int64, text: String, Keyboard?)
    case delete(message: Int64)
    /// More pictures were refused, for the row's reason or for various ones.
    case refusals(Refusals)
  }

  /// Refusals that are told together.
  struct Refusals: Codable, Equatable, Sendable {
    var count: Int
    var language: Language
    /// Seconds since 1970.
    var since: Double
    /// Not sent before: there may be more.
    var due: Double
  }

  var chat: Int64
  var replyTo: Int64?
  var content: Content
  /// Whose doing it is; nil for what the service says by itself.
  var user: Int64?
  /// Why a picture is refused, if that is what it tells.
  var reason: String?

  /// Whether it may be sent; `now` is in seconds since 1970.
  func isDue(_ now: Double) -> Bool {
    if case .refusals(let refusals) = content { return refusals.due <= now }
    return true
  }
}

extension BotState {
  /// Messages to one chat that may wait to be sent; a flood of commands gets no more answers.
  static let mostWaitingOfChat = 20
  /// Those of them that one person of a group may cause.
  static let mostWaitingOfMember = 5
  /// Refusals to one user, each for its own picture, without a pause in between: an album has ten.
  static let mostRefusals = 12
  /// Reasons of his that are counted apart.
  static let mostReasons = 5
  /// Seconds without another refusal after which their number is told, and how many at most.
  static let (refusalPatience, longestRefusalPatience) = (5.0, 60.0)
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

  /// Says why a picture has no result. Of pictures that are too many, all but the first become one
  /// message with their number, and so do any others of a user who causes many.
  ///
  /// - Parameters:
  ///   - reason: a sentence; by it refusals are equal.
  ///   - title: what the picture is called, where that must be said.
  ///   - isOfPicture: whether it is one of this picture, and not of its being one too many.
  ///   - event: whose picture it was.
  ///   - sending: rows that are being sent and cannot be changed any more.
  mutating func refuse(
    _ reason: String, title: String? = nil, isOfPicture: Bool = true, _ event: RefusedPicture,
    sending: Set<Int64>
  ) {
    let series = RefusalSeries(
      chat: event.chat, user: event.user, reason: isOfPicture ? nil : reason)
    let number = recentRefusals.note(series, at: event.time)
    guard number <= (isOfPicture ? Self.mostRefusals : 1),
      isOfPicture || !outbox.rows.values.contains(where: { $0.isRefusal(reason, event) }),
      hasRoom(for: event.user, in: event.chat, isGroup: event.isGroup)
    else {
      count(reason, event, sending: sending)
      return
    }
    let texts = Texts(language: event.language)
    outbox[newID()] = Outgoing(
      chat: event.chat, replyTo: event.message,
      content: .text(title.map { texts.failed($0, reason) } ?? reason, nil), user: event.user,
      reason: reason)
  }

  /// Adds one to the row that stands for many, or makes it.
  private mutating func count(_ reason: String, _ event: RefusedPicture, sending: Set<Int64>) {
    let counting = outbox.rows.filter { id, row in
      guard case .refusals = row.content else { return false }
      return row.chat == event.chat && !sending.contains(id)
    }
    let ofUser = counting.filter { $0.value.user == event.user }
    // Of those that cause so many, nobody wants to read each reason.
    let isApart =
      ofUser.contains { $0.value.reason == reason }
      || (ofUser.count < Self.mostReasons && counting.count < Self.mostWaitingOfChat)
    let (user, reason) = isApart ? (event.user, reason) : (nil, "")
    let due = event.time + Self.refusalPatience
    if let (id, row) = counting.first(where: { $0.value.user == user && $0.value.reason == reason }
    ),
      case .refusals(var refusals) = row.content
    {
      refusals.count += 1
      refusals.due = min(due, refusals.since + Self.longestRefusalPatience)
      outbox[id]?.content = .refusals(refusals)
      return
    }
    // Not said at all by then: whoever has so many chats is no one person.
    guard outbox.rows.count < Self.mostWaiting else { return }
    outbox[newID()] = Outgoing(
      chat: event.chat,
      content: .refusals(
        Outgoing.Refusals(count: 1, language: event.language, since: event.time, due: due)),
      user: user, reason: reason)
  }
}

extension Outgoing {
  fileprivate func isRefusal(_ reason: String, _ event: RefusedPicture) -> Bool {
    chat == event.chat && user == event.user && self.reason == reason
  }

  fileprivate func isEdit(of message: Int64) -> Bool {
    if case .edit(message, _, _) = content { return true }
    return false
  }
}
