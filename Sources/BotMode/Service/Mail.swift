/// What to send next: a pure choice among everything that waits to be sent.
///
/// Users and chats take turns, however many messages they cause; within a chat, the oldest message is
/// next. Edits of cards come last, except those that have been put off for long. A chat to which a message
/// is being sent, or for which Telegram has asked to wait, has to wait.
enum Mail: Equatable, Sendable {
  case press(index: Int)
  case message(row: Int64)
  case newCard(Int64)
  case edit(card: Int64, text: String)

  /// - Parameters:
  ///   - state: the kept state, with the messages to send.
  ///   - live: the live state.
  ///   - now: seconds since 1970.
  ///   - clock: monotonic seconds.
  /// - Returns: nil when there is nothing to send now.
  static func next(_ state: BotState, _ live: LiveState, now: Double, clock: Double) -> Mail? {
    func isFree(_ chat: Int64) -> Bool {
      !live.busyChats.contains(chat) && !live.isPaused(chat, at: clock)
    }
    // The first message of each chat; while it waits for its next attempt, the others of the chat wait.
    var first: [Int64: Int64] = [:]
    for (row, item) in state.outbox.rows
    where item.isDue(now) && first[item.chat].map({ row < $0 }) ?? true {
      first[item.chat] = row
    }
    var choice = Choice(turns: live.talk)
    var pressers: Set<Int64> = live.busyPressers
    for (index, press) in live.presses.enumerated() where pressers.insert(press.user).inserted {
      choice.offer(.press(index: index), to: .presser(press.user), rank: 0, Int64(index))
    }
    for (chat, row) in first where isFree(chat) && live.mayTry(row, at: clock) {
      choice.offer(.message(row: row), to: .chat(chat), rank: 1, row)
    }
    // While the service ends, no cards are sent or edited, since they would change again.
    guard live.stopped == nil else { return choice.best }

    var late: [(id: Int64, card: Card, view: LiveState.CardView)] = []
    for (id, card) in state.cards.rows
    where isFree(card.chat) && live.mayTry(id, at: clock) {
      let message = first[card.chat]
      guard card.message != nil else {
        // Rows and cards are numbered from one sequence: a message with a larger number waits for the card.
        if card.due <= now, message.map({ id < $0 }) ?? true {
          choice.offer(.newCard(id), to: .chat(card.chat), rank: message == nil ? 2 : 1, id)
        }
        continue
      }
      guard message == nil, let view = live.cards[id] ?? Self.unknown,
        clock - view.shown >= interval(card, view)
      else { continue }
      late.append((id, card, view))
    }
    // Otherwise a stream of answers could delay the edits of cards for ever.
    if choice.best != nil {
      late.removeAll { clock - $0.view.shown < Self.mostIntervals * interval($0.card, $0.view) }
    }
    guard !late.isEmpty else { return choice.best }
    let outlook = Outlook(state, live.states)
    // The card that has been out of date for the longest time comes first.
    for (id, card, view) in late.sorted(by: { ($0.view.shown, $0.id) < ($1.view.shown, $1.id) }) {
      let text = CardText.text(
        state.jobs(of: id), live.states, outlook, Texts(language: card.language))
      guard text != view.text else { continue }
      guard choice.best != nil else { return .edit(card: id, text: text) }
      choice.offer(.edit(card: id, text: text), to: .chat(card.chat), rank: 3, id)
    }
    return choice.best
  }

  /// Keeps the message whose party has had no turn for the longest time.
  private struct Choice {
    let turns: Turns<LiveState.Party>
    private(set) var best: Mail?
    private var order: (turn: Int64, rank: Int, number: Int64) = (.max, .max, .max)

    init(turns: Turns<LiveState.Party>) { self.turns = turns }

    /// - Parameters:
    ///   - mail: what can be sent.
    ///   - party: to whom.
    ///   - rank: decides between parties that have waited equally long.
    ///   - number: decides between equal ranks.
    mutating func offer(_ mail: Mail, to party: LiveState.Party, rank: Int, _ number: Int64) {
      let order = (turn: turns[party], rank: rank, number: number)
      guard best == nil || order < self.order else { return }
      best = mail
      self.order = order
    }
  }

  /// After so many intervals without an edit, a card takes turns with messages.
  private static let mostIntervals = 4.0

  /// The view of a card that an earlier run of the service has sent.
  private static let unknown: LiveState.CardView? = LiveState.CardView(text: "", shown: 0)

  /// Seconds between edits of a card. Telegram allows a message a second in a chat and 20 a minute in a
  /// group, and blocks a bot that sends more for minutes. Cards of long work are edited less often.
  private static func interval(_ card: Card, _ view: LiveState.CardView) -> Double {
    let least: Double = card.isGroup ? 15 : 5
    return view.edits < 12 ? least : view.edits < 24 ? 3 * least : 12 * least
  }
}
