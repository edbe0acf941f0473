/// What to send next: a pure choice among all that could be said.
///
/// Users and chats take turns, whoever causes more; of a chat, what came first. Edits of cards come
/// last, but for those that have been put off for long. A chat to which something is being sent, or for
/// which Telegram wants a pause, waits.
enum Mail: Equatable, Sendable {
  case press(index: Int)
  case message(row: Int64)
  case newCard(Int64)
  case edit(card: Int64, text: String)

  /// - Parameters:
  ///   - state: what waits to be said.
  ///   - live: what is being said.
  ///   - now: seconds since 1970.
  ///   - clock: monotonic seconds.
  /// - Returns: nil when there is nothing to say now.
  static func next(_ state: BotState, _ live: LiveState, now: Double, clock: Double) -> Mail? {
    func isFree(_ chat: Int64) -> Bool {
      !live.busyChats.contains(chat) && !live.isPaused(chat, at: clock)
    }
    // The first message of each chat; one that waits for its next attempt holds the others up.
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
    // While the service ends, nothing is begun that will change again.
    guard live.stopped == nil else { return choice.best }

    var late: [(id: Int64, card: Card, view: LiveState.CardView)] = []
    for (id, card) in state.cards.rows
    where isFree(card.chat) && live.mayTry(id, at: clock) {
      let message = first[card.chat]
      guard card.message != nil else {
        // Rows and cards have their numbers in turn: messages that came later wait for it.
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
    // Answers to some must not keep the others' cards wrong for ever.
    if choice.best != nil {
      late.removeAll { clock - $0.view.shown < Self.mostIntervals * interval($0.card, $0.view) }
    }
    guard !late.isEmpty else { return choice.best }
    let outlook = Outlook(state, live.states)
    // The one that has been wrong for longest.
    for (id, card, view) in late.sorted(by: { ($0.view.shown, $0.id) < ($1.view.shown, $1.id) }) {
      let text = CardText.text(
        state.jobs(of: id), live.states, outlook, Texts(language: card.language))
      guard text != view.text else { continue }
      guard choice.best != nil else { return .edit(card: id, text: text) }
      choice.offer(.edit(card: id, text: text), to: .chat(card.chat), rank: 3, id)
    }
    return choice.best
  }

  /// The offer whose party has had no turn for longest.
  private struct Choice {
    let turns: Turns<LiveState.Party>
    private(set) var best: Mail?
    private var order: (turn: Int64, rank: Int, number: Int64) = (.max, .max, .max)

    init(turns: Turns<LiveState.Party>) { self.turns = turns }

    /// - Parameters:
    ///   - mail: what can be said.
    ///   - party: to whom.
    ///   - rank: decides between parties that have waited for equally long.
    ///   - number: and then this does.
    mutating func offer(_ mail: Mail, to party: LiveState.Party, rank: Int, _ number: Int64) {
      let order = (turn: turns[party], rank: rank, number: number)
      guard best == nil || order < self.order else { return }
      best = mail
      self.order = order
    }
  }

  /// Edits that were put off for so many of their intervals take turns with messages.
  private static let mostIntervals = 4.0

  /// A card that an earlier run of the service has sent.
  private static let unknown: LiveState.CardView? = LiveState.CardView(text: "", shown: 0)

  /// Seconds between edits of a card: Telegram allows a message a second in a chat and 20 a minute in
  /// a group, and punishes who asks for more by silence for minutes. Long work needs them less often.
  private static func interval(_ card: Card, _ view: LiveState.CardView) -> Double {
    let least: Double = card.isGroup ? 15 : 5
    return view.edits < 12 ? least : view.edits < 24 ? 3 * least : 12 * least
  }
}
