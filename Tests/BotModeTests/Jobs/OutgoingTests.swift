import Testing

@testable import BotMode

/// The number of messages that users can cause is limited, and equal refusals become one message.
struct OutgoingTests {
  private func text(_ row: Outgoing) -> String {
    switch row.content {
    case .text(let text, _), .edit(_, let text, _): text
    case .refusals(let many):
      Texts(language: many.language).moreRefused(many.count, row.reason ?? "")
    case .delete: ""
    }
  }

  private func texts(_ state: BotState) -> [String] {
    state.outbox.rows.sorted { $0.key < $1.key }.map { text($0.value) }
  }

  @Test("A hundred pictures beyond the limit bring one refusal, and one with their number")
  func merged() {
    var talk = Talk()
    for _ in 0..<110 { talk.gets(photo: (64, 64)) }
    let said = texts(talk.state)
    #expect(said.count == 2)
    #expect(said.first?.hasPrefix("10 of your pictures") == true)
    #expect(said.last?.hasPrefix("99 more pictures were refused: 10 of your") == true, "\(said)")
    #expect(talk.state.memory.tally.refused == 100)
  }

  @Test("A row that is being sent is not changed: the next ones are counted in another")
  func sending() {
    var talk = Talk()
    for _ in 0..<15 { talk.gets(photo: (64, 64)) }
    let counting = talk.state.outbox.rows.filter {
      if case .refusals(let many) = $0.value.content { return many.count == 4 }
      return false
    }
    #expect(counting.count == 1)
    talk.conversation.sending = Set(counting.keys)
    for _ in 0..<3 { talk.gets(photo: (64, 64)) }
    #expect(texts(talk.state).map { $0.prefix(2) } == ["10", "4 ", "3 "])
  }

  @Test("Different refusals are told apart, up to a number; each user's are his own")
  func different() {
    var talk = Talk()
    for side in 0..<50 { talk.gets(photo: (9000 + side, 9000)) }
    talk.gets(photo: (9000, 9000), from: Talk.bob)
    let said = texts(talk.state)
    let most = BotState.mostRefusals + BotState.mostReasons
    #expect(said.count == most + 2)
    #expect(said.contains("\(50 - most) more pictures were refused."), "\(said)")
    #expect(said.last?.contains("9000 × 9000") == true)
  }

  @Test(
    "A hundred pictures beyond the limit, one a second, bring a few messages that count them all")
  func slowly() {
    var talk = Talk()
    talk.conversation.rules.maxPerUser = 0
    var said: [String] = []
    for second in 0..<200 {
      talk.conversation.now += 1
      if second < 100 { talk.gets(photo: (64, 64)) }
      // Messages that may be sent are sent at once.
      for id in talk.state.outbox.ids.sorted() {
        guard let row = talk.state.outbox[id], row.isDue(talk.conversation.now) else { continue }
        said.append(text(row))
        talk.state.outbox[id] = nil
      }
    }
    #expect(said.map { String($0.prefix(3)) } == ["0 o", "61 ", "38 "], "\(said)")
    // After a pause the next refusal gets a message of its own again.
    talk.conversation.now += RecentRefusals.pause
    talk.gets(photo: (64, 64))
    #expect(talk.said.count == 1)
  }

  @Test("Refusals of pictures that were fetched are merged by their reason, whatever their names")
  func failures() {
    var state = BotState()
    for number in 0..<20 {
      state.refuse(
        "no.", title: "\(number).png",
        RefusedPicture(
          chat: 1, user: 1, message: 5, isGroup: false, language: .english,
          time: 5),
        sending: [])
    }
    let said = texts(state)
    #expect(said.prefix(12) == (0..<12).map { "\($0).png: no." }[...])
    #expect(said.dropFirst(12) == ["8 more pictures were refused: no."])
  }

  @Test("Whatever many users cause, a bounded number of rows waits")
  func bounded() {
    var talk = Talk()
    talk.conversation.rules.maxPerUser = 0
    for round in 0..<25 {
      for user in 0..<40 {
        let user = Int64(1000 + user)
        talk.gets(photo: (64 + round, 64), from: user)
        talk.gets(photo: (9000 + round, 9000), from: user)
        talk.hears("/help", from: user)
        talk.presses("scale:\(2 + round % 3)", from: user)
        // All in one group, too.
        talk.gets(photo: (9000 + round, 9000), caption: "/upscale", from: user, in: Talk.group)
      }
    }
    let perChat = Dictionary(grouping: talk.state.outbox.rows.values) { $0.chat }
      .mapValues(\.count)
    // The limit, and beyond it one message for each reason and one that counts the rest.
    let most = BotState.mostWaitingOfChat + BotState.mostWaitingOfChat + 1
    #expect(perChat.values.allSatisfy { $0 <= most }, "\(perChat.values.max() ?? 0)")
    for user in 0..<10_000 { talk.hears("/help", from: Int64(1_000_000 + user)) }
    #expect(talk.state.outbox.rows.count <= BotState.mostWaiting)
  }

  @Test("One of a group leaves room for the others")
  func group() {
    var talk = Talk()
    for _ in 0..<100 { talk.hears("/help", in: Talk.group) }
    #expect(talk.state.outbox.rows.count == BotState.mostWaitingOfMember)
    talk.hears("/status", from: Talk.bob, in: Talk.group)
    #expect(talk.state.outbox.rows.count == BotState.mostWaitingOfMember + 1)
  }

  @Test("Of many changes of one message only the last is sent")
  func edits() {
    var talk = Talk()
    for number in 0..<3000 { talk.presses("scale:\(2 + number % 3)") }
    #expect(talk.state.outbox.rows.count == 1)
    #expect(texts(talk.state)[0].contains("×4"))
  }

  @Test("Numbers of refused pictures in both languages")
  func plurals() {
    let russian = Texts(language: .russian)
    for (count, words) in [
      (1, "Отклонено ещё 1 изображение"), (2, "Отклонены ещё 2 изображения"),
      (4, "Отклонены ещё 4 изображения"), (5, "Отклонено ещё 5 изображений"),
      (11, "Отклонено ещё 11 изображений"), (12, "Отклонено ещё 12 изображений"),
      (21, "Отклонено ещё 21 изображение"), (22, "Отклонены ещё 22 изображения"),
      (111, "Отклонено ещё 111 изображений"), (113, "Отклонено ещё 113 изображений"),
    ] {
      #expect(russian.moreRefused(count, "") == words + ".")
      #expect(russian.moreRefused(count, "Нет.") == words + ": Нет.")
    }
    let english = Texts(language: .english)
    #expect(english.moreRefused(1, "No.") == "1 more picture was refused: No.")
    #expect(english.moreRefused(12, "") == "12 more pictures were refused.")
  }

  @Test("Turns are remembered of so many, and of nobody when nothing waits")
  func turns() {
    var turns = Turns<Int64>()
    for user in 0..<100_000 { turns.give(to: Int64(user)) }
    #expect(turns.last.count <= Turns<Int64>.most)
    #expect(turns[99_999] > turns[99_998] && turns[0] == 0)
    var talk = Talk()
    talk.gets(photo: (64, 64))
    talk.state.giveTurn(to: Talk.ann)
    #expect(talk.state.turns[Talk.ann] == 1)
    #expect(talk.state.users.rows.isEmpty, "the disk does not tell who uses the bot")
    talk.hears("/cancel")
    #expect(talk.state.turns.last.isEmpty)
  }

  @Test("Settings that are as everybody's are not kept")
  func settings() {
    var talk = Talk()
    talk.presses("look:photo")
    #expect(talk.state.users.rows.isEmpty)
    talk.presses("scale:2")
    #expect(talk.state.users.rows.count == 1)
    talk.presses("scale:4")
    #expect(talk.state.users.rows.isEmpty)
  }
}
