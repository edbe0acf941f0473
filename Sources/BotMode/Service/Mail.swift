/// What to send next: a pure choice among all that could be said.
///
/// Answers come before cards, and new cards before edits of old ones; of a chat, what came first. A
/// chat to which something is being sent, or for which Telegram wants a pause, waits.
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
  static func next(_ state: BotState, _ live: Live, now: Double, clock: Double) -> Mail? {
    if !live.presses.isEmpty { return .press(index: 0) }
    func isFree(_ chat: Int64) -> Bool {
      !live.busyChats.contains(chat) && !live.isPaused(chat, at: clock)
    }
    // The first message of each chat; one that waits for its next attempt holds the others up.
    var first: [Int64: Int64] = [:]
    for (row, item) in state.outbox.rows where first[item.chat].map({ row < $0 }) ?? true {
      first[item.chat] = row
    }
    let messages = first.filter { isFree($0.key) && live.mayTry($0.value, at: clock) }
    if let row = messages.values.min() { return .message(row: row) }

    // While the service ends, nothing is begun that will change again.
    guard live.stopped == nil else { return nil }
    var edits: [(card: Int64, shown: Double, text: String)] = []
    let outlook = state.cards.rows.isEmpty ? nil : Outlook(state, live.activities)
    for (id, card) in state.cards.rows.sorted(by: { $0.key < $1.key })
    where isFree(card.chat) && first[card.chat] == nil && live.mayTry(id, at: clock) {
      guard card.message != nil else {
        if card.due <= now { return .newCard(id) }
        continue
      }
      guard let outlook, let view = live.cards[id] ?? Self.unknown,
        clock - view.shown >= interval(card, view)
      else { continue }
      let text = CardText.text(
        state.jobs(of: id), live.activities, outlook, Texts(language: card.language))
      if text != view.text { edits.append((id, view.shown, text)) }
    }
    // The one that has been wrong for longest.
    return edits.min { ($0.shown, $0.card) < ($1.shown, $1.card) }
      .map { .edit(card: $0.card, text: $0.text) }
  }

  /// A card that an earlier run of the service has sent.
  private static let unknown: Live.CardView? = Live.CardView(text: "", shown: 0)

  /// Seconds between edits of a card: Telegram allows a message a second in a chat and 20 a minute in
  /// a group, and punishes who asks for more by silence for minutes. Long work needs them less often.
  private static func interval(_ card: Card, _ view: Live.CardView) -> Double {
    let least: Double = card.isGroup ? 15 : 5
    return view.edits < 12 ? least : view.edits < 24 ? 3 * least : 12 * least
  }
}
