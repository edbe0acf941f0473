import Testing

@testable import BotMode

/// What is said next.
struct MailTests {
  private func job(_ chat: Int64, card: Int64) -> Job {
    Job(
      chat: chat, user: chat, message: 3, language: .english, card: card,
      source: PictureOffer(kind: .photo, fileID: "f", width: 100, height: 100), wish: Wish(),
      accepted: 0)
  }

  private func card(_ chat: Int64, message: Int64? = nil, due: Double = 0, isGroup: Bool = false)
    -> Card
  {
    Card(
      chat: chat, user: chat, isGroup: isGroup, language: .english, replyTo: 3, due: due,
      message: message)
  }

  private func next(_ state: BotState, _ live: Live = Live(), at time: Double = 100) -> Mail? {
    Mail.next(state, live, now: time, clock: time)
  }

  @Test("Presses before messages, messages in their order, then cards")
  func order() {
    var state = BotState()
    var live = Live()
    state.cards[1] = card(5)
    state.jobs[2] = job(5, card: 1)
    #expect(next(state, live) == .newCard(1))
    state.outbox[11] = Outgoing(chat: 7, content: .text("b", nil))
    state.outbox[10] = Outgoing(chat: 6, content: .text("a", nil))
    #expect(next(state, live) == .message(row: 10))
    live.presses = [.init(query: "q", text: "", isAlert: false)]
    #expect(next(state, live) == .press(index: 0))
  }

  @Test("A chat's messages go one after the other, also when the first must wait")
  func perChat() {
    var state = BotState()
    var live = Live()
    state.outbox[10] = Outgoing(chat: 6, content: .text("a", nil))
    state.outbox[11] = Outgoing(chat: 6, content: .text("b", nil))
    live.busyChats = [6]
    #expect(next(state, live) == nil)
    live.busyChats = []
    live.retries[10] = Live.Retry(policy: RetryPolicy(.idempotent), notBefore: 101)
    #expect(next(state, live) == nil)
    #expect(next(state, live, at: 101) == .message(row: 10))
  }

  @Test("A chat that Telegram wants a pause for gets nothing, the others do")
  func pauses() {
    var state = BotState()
    var live = Live()
    state.outbox[10] = Outgoing(chat: 6, content: .text("a", nil))
    state.outbox[11] = Outgoing(chat: 7, content: .text("b", nil))
    live.pauses[6] = 130
    #expect(next(state, live) == .message(row: 11))
    state.outbox[11] = nil
    #expect(next(state, live) == nil)
    #expect(next(state, live, at: 131) == .message(row: 10))
  }

  @Test("An album's card waits for the rest of the album")
  func album() {
    var state = BotState()
    state.cards[1] = card(5, due: 101.5)
    state.jobs[2] = job(5, card: 1)
    #expect(next(state) == nil)
    #expect(next(state, at: 102) == .newCard(1))
  }

  @Test(
    "Cards are edited when they are wrong, 5 s apart, 15 in groups, and less often as it drags on")
  func edits() throws {
    for (isGroup, interval) in [(false, 5.0), (true, 15.0)] {
      var state = BotState()
      var live = Live()
      state.cards[1] = card(5, message: 70, isGroup: isGroup)
      state.jobs[2] = job(5, card: 1)
      live.cards[1] = Live.CardView(text: "old", shown: 100)
      #expect(next(state, live, at: 100 + interval - 0.1) == nil)
      guard case .edit(1, let text)? = next(state, live, at: 100 + interval) else {
        Issue.record("no edit")
        return
      }
      live.cards[1] = Live.CardView(text: text, shown: 100)
      #expect(next(state, live, at: 1000) == nil, "nothing has changed")
      live.cards[1] = Live.CardView(text: "old", shown: 100, edits: 12)
      #expect(next(state, live, at: 100 + 2.9 * interval) == nil)
      #expect(next(state, live, at: 100 + 3 * interval) != nil)
      live.cards[1] = Live.CardView(text: "old", shown: .infinity)
      #expect(next(state, live, at: 1e9) == nil, "somebody has deleted it")
      live.cards[1] = nil
      #expect(next(state, live) != nil, "sent by an earlier run")
      live.stopped = 1
      #expect(next(state, live) == nil, "the service ends")
    }
  }
}
