import Testing

@testable import BotMode

/// The choice of the next message.
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

  private func next(_ state: BotState, _ live: LiveState = LiveState(), at time: Double = 100)
    -> Mail?
  {
    Mail.next(state, live, now: time, clock: time)
  }

  @Test("Presses before messages, messages in their order, then cards")
  func order() {
    var state = BotState()
    var live = LiveState()
    state.cards[1] = card(5)
    state.jobs[2] = job(5, card: 1)
    #expect(next(state, live) == .newCard(1))
    state.outbox[11] = Outgoing(chat: 7, content: .text("b", nil))
    state.outbox[10] = Outgoing(chat: 6, content: .text("a", nil))
    #expect(next(state, live) == .message(row: 10))
    live.add(.init(user: 8, query: "q", text: "", isAlert: false, since: 100))
    #expect(next(state, live) == .press(index: 0))
  }

  @Test("A chat's messages go one after the other, also when the first must wait")
  func perChat() {
    var state = BotState()
    var live = LiveState()
    state.outbox[10] = Outgoing(chat: 6, content: .text("a", nil))
    state.outbox[11] = Outgoing(chat: 6, content: .text("b", nil))
    live.busyChats = [6]
    #expect(next(state, live) == nil)
    live.busyChats = []
    live.retries[10] = LiveState.Retry(policy: RetryPolicy(.idempotent), notBefore: 101)
    #expect(next(state, live) == nil)
    #expect(next(state, live, at: 101) == .message(row: 10))
  }

  @Test("A chat that Telegram wants a pause for gets nothing, the others do")
  func pauses() {
    var state = BotState()
    var live = LiveState()
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
      var live = LiveState()
      state.cards[1] = card(5, message: 70, isGroup: isGroup)
      state.jobs[2] = job(5, card: 1)
      live.cards[1] = LiveState.CardView(text: "old", shown: 100)
      #expect(next(state, live, at: 100 + interval - 0.1) == nil)
      guard case .edit(1, let text)? = next(state, live, at: 100 + interval) else {
        Issue.record("no edit")
        return
      }
      live.cards[1] = LiveState.CardView(text: text, shown: 100)
      #expect(next(state, live, at: 1000) == nil, "nothing has changed")
      live.cards[1] = LiveState.CardView(text: "old", shown: 100, edits: 12)
      #expect(next(state, live, at: 100 + 2.9 * interval) == nil)
      #expect(next(state, live, at: 100 + 3 * interval) != nil)
      live.cards[1] = LiveState.CardView(text: "old", shown: .infinity)
      #expect(next(state, live, at: 1e9) == nil, "somebody has deleted it")
      live.cards[1] = nil
      #expect(next(state, live) != nil, "sent by an earlier run")
      live.stopped = 1
      #expect(next(state, live) == nil, "the service ends")
    }
  }

  /// Sends everything that waits, one call after the other.
  private func calls(_ state: inout BotState, _ live: inout LiveState, most: Int = 10_000)
    -> [String]
  {
    var calls: [String] = []
    while calls.count < most, let mail = next(state, live) {
      switch mail {
      case .press(let index):
        let press = live.takePress(index)
        live.busyPressers.remove(press.user)
        live.talk.give(to: .presser(press.user))
        calls.append("press \(press.user)")
      case .message(let row):
        let chat = state.outbox[row]?.chat ?? 0
        state.outbox[row] = nil
        live.talk.give(to: .chat(chat))
        calls.append("message \(chat)")
      case .newCard(let id):
        let chat = state.cards[id]?.chat ?? 0
        state.cards[id]?.message = 70
        live.cards[id] = LiveState.CardView(text: "", shown: 100)
        live.talk.give(to: .chat(chat))
        calls.append("card \(chat)")
      case .edit(let id, let text):
        let chat = state.cards[id]?.chat ?? 0
        live.cards[id] = LiveState.CardView(text: text, shown: 100)
        live.talk.give(to: .chat(chat))
        calls.append("edit \(chat)")
      }
    }
    return calls
  }

  @Test(
    "Whoever presses 3000 times delays another's answer by a call, and so does whoever asks much")
  func fairness() {
    var state = BotState()
    var live = LiveState()
    for number in 0..<3000 {
      live.add(.init(user: 1, query: "\(number)", text: "", isAlert: false, since: 100))
    }
    for _ in 0..<500 { state.say("help", to: 2) }
    state.say("status", to: 3)
    state.cards[8000] = card(4)
    state.jobs[8001] = job(4, card: 8000)
    let calls = self.calls(&state, &live)
    for other in ["message 3", "card 4"] {
      #expect((calls.firstIndex(of: other) ?? .max) < 4, "\(other)")
    }
    #expect(calls.count { $0 == "press 1" } == LiveState.mostPressesOfUser)
    #expect(calls.count { $0 == "message 2" } == 500)
  }

  @Test("Messages that came later do not keep a chat's card from being sent")
  func cardFirst() {
    var state = BotState()
    let live = LiveState()
    state.outbox[10] = Outgoing(chat: 5, content: .text("earlier", nil))
    state.cards[11] = card(5)
    state.jobs[12] = job(5, card: 11)
    state.outbox[13] = Outgoing(chat: 5, content: .text("later", nil))
    #expect(next(state, live) == .message(row: 10))
    state.outbox[10] = nil
    #expect(next(state, live) == .newCard(11))
    state.cards[11]?.due = 200
    #expect(next(state, live) == .message(row: 13), "an album's")
  }

  @Test("Two who flood take turns, and so do messages of a chat and presses in it")
  func turns() {
    var state = BotState()
    var live = LiveState()
    for _ in 0..<20 {
      state.say("a", to: 1)
      state.say("b", to: 2)
      live.add(.init(user: 1, query: "q", text: "", isAlert: false, since: 100))
    }
    let calls = self.calls(&state, &live)
    for round in 0..<10 {
      #expect(Set(calls[round * 3..<round * 3 + 3]).count == 3, "\(calls)")
    }
  }

  @Test("One press of a user is answered at a time; outdated ones are dropped; the newest stay")
  func presses() {
    var live = LiveState()
    for number in 0..<30 {
      live.add(
        .init(
          user: 1, query: "\(number)", text: "", isAlert: false, since: 100 + Double(number) / 10))
    }
    #expect(live.presses.map(\.query) == (20..<30).map { "\($0)" })
    live.add(.init(user: 2, query: "x", text: "", isAlert: false, since: 103))
    let taken = live.takePress(0)
    #expect(taken.query == "20")
    #expect(next(BotState(), live) == .press(index: 9))
    live.busyPressers = [1, 2]
    #expect(next(BotState(), live) == nil)
    live.dropPresses(before: 102.95)
    #expect(live.presses.map(\.query) == ["x"])
    for user in 0..<2000 {
      live.add(.init(user: Int64(user), query: "", text: "", isAlert: false, since: 104))
    }
    #expect(live.presses.count == LiveState.mostPresses)
  }

  @Test("A card that has been wrong for long is edited though others have much to be told")
  func overdue() {
    var state = BotState()
    var live = LiveState()
    for chat in 10..<20 { for _ in 0..<20 { state.say("a", to: Int64(chat)) } }
    state.cards[8000] = card(4, message: 70)
    state.jobs[8001] = job(4, card: 8000)
    live.cards[8000] = LiveState.CardView(text: "old", shown: 94)
    let early = calls(&state, &live, most: 50)
    #expect(early.allSatisfy { $0.hasPrefix("message") })
    live.cards[8000] = LiveState.CardView(text: "old", shown: 79)
    let late = calls(&state, &live, most: 1)
    #expect(late == ["edit 4"])
  }

  @Test("Telegram's wish for silence in a chat holds the talk up, and results for their own only")
  func channels() {
    var live = LiveState()
    live.pause(.talk(chat: 6), until: 130)
    #expect(live.isPaused(6, at: 100) && live.resultPauses.isEmpty)
    live.pause(.results(chat: 7), until: 120)
    #expect(live.isPaused(7, at: 100) && live.resultPauses[7] == 120)
    live.pause(.talk(chat: 6), until: 110)
    #expect(live.isPaused(6, at: 129), "the longer one counts")
    live.pause(.none, until: 200)
    live.prune(BotState(), at: 140)
    #expect(live.pauses.isEmpty && live.resultPauses.isEmpty)
  }
}
