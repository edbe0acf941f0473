/// A message to send, or another call that must be made even after a restart.
struct Outgoing: Codable, Equatable, Sendable {
  enum Content: Codable, Equatable, Sendable {
    case text(String, Keyboard?)
    case edit(message: Int64, text: String, Keyboard?)
    case delete(message: Int64)
    /// More pictures were refused, for the row's reason or for various ones.
    case refusals(Refusals)
  }

  /// Refusals that are sent as one message.
  struct Refusals: Codable, Equatable, Sendable {
    var count: Int
    var language: Language
    /// Seconds since 1970.
    var since: Double
    /// The earliest time to send it: there may be more refusals before.
    var due: Double
  }

  var chat: Int64
  var replyTo: Int64?
  var content: Content
  /// The user who caused it; nil for messages of the service's own.
  var user: Int64?
  /// Why a picture is refused, if the message says that.
  var reason: String?

  /// Whether it may be sent; `now` is in seconds since 1970.
  func isDue(_ now: Double) -> Bool {
    if case .refusals(let refusals) = content { return refusals.due <= now }
    return true
  }
}

extension BotState {
  /// The most messages to one chat that may wait to be sent; further commands get no answer.
  static let mostWaitingOfChat = 20
  /// The most of these that one member of a group may cause.
  static let mostWaitingOfMember = 5
  /// The most consecutive refusals that are sent to a user one by one: an album has ten pictures.
  static let mostRefusals = 12
  /// The most reasons of a user that are counted separately.
  static let mostReasons = 5
  /// Seconds without another refusal after which their number is sent, and the longest wait for that.
  static let (refusalPatience, longestRefusalPatience) = (5.0, 60.0)
  /// The most messages to all chats that may wait.
  static let mostWaiting = 5000

  /// Whether a user may cause one more message.
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

  /// Changes a message after a press of its button; only the last change of a message is sent.
  mutating func edit(
    _ message: Int64, in chat: Int64, to text: String, keyboard: Keyboard? = nil, for user: Int64,
    isGroup: Bool
  ) {
    for id in outbox.ids(where: { $0.chat == chat && $0.isEdit(of: message) }) { outbox[id] = nil }
    guard hasRoom(for: user, in: chat, isGroup: isGroup) else { return }
    outbox[newID()] = Outgoing(
      chat: chat, content: .edit(message: message, text: text, keyboard), user: user)
  }

  /// Sends a refusal of a picture. Refusals of pictures beyond the limit, but for the first, become one
  /// message with their number, and so do all refusals of a user who causes many.
  ///
  /// - Parameters:
  ///   - reason: a sentence; refusals with the same sentence are counted together.
  ///   - title: the picture's title, where the message needs it.
  ///   - isOfPicture: whether the picture itself is refused, and not the number of pictures.
  ///   - event: the picture's user, chat and message.
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

  /// Adds one to the row that stands for many refusals, or makes that row.
  private mutating func count(_ reason: String, _ event: RefusedPicture, sending: Set<Int64>) {
    let counting = outbox.rows.filter { id, row in
      guard case .refusals = row.content else { return false }
      return row.chat == event.chat && !sending.contains(id)
    }
    let ofUser = counting.filter { $0.value.user == event.user }
    // A user who causes so many refusals does not get each reason.
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
    // With so many waiting messages this one is dropped.
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
