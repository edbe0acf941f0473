import Upscale

/// Sends answers, cards and progress. Results are sent by `DeliverStage`.
struct Messenger: Sendable {
  let context: BotContext

  /// Sends until the service has ended and everything is sent.
  func run() {
    while true {
      let mail = context.store.wait(upTo: 0.5) { state, live -> Task? in
        Task(state, &live)
      }
      if let mail {
        send(mail)
      } else if context.isOver {
        return
      }
    }
  }

  /// A message with everything that is needed to send it.
  private struct Task {
    enum Content {
      case press(LiveState.Press)
      case message(row: Int64, Outgoing)
      case newCard(Int64, Card, text: String)
      case edit(Int64, Card, message: Int64, text: String)
    }

    let content: Content
    let party: LiveState.Party

    /// Takes the next message; its chat or user is busy from then on.
    init?(_ state: BotState, _ live: inout LiveState) {
      let clock = monotonicSeconds()
      live.dropPresses(before: clock - LiveState.pressPatience)
      let mail = Mail.next(state, live, now: BotContext.now(), clock: clock)
      let chat: Int64
      switch mail {
      case .press(let index):
        let press = live.takePress(index)
        content = .press(press)
        party = .presser(press.user)
        live.talk.give(to: party)
        return
      case .message(let row):
        guard let item = state.outbox[row] else { return nil }
        content = .message(row: row, item)
        live.sending.insert(row)
        chat = item.chat
      case .newCard(let id):
        guard let card = state.cards[id] else { return nil }
        let text = CardText.text(
          state.jobs(of: id), live.states, Outlook(state, live.states),
          Texts(language: card.language))
        content = .newCard(id, card, text: text)
        chat = card.chat
      case .edit(let id, let text):
        guard let card = state.cards[id], let message = card.message else { return nil }
        content = .edit(id, card, message: message, text: text)
        chat = card.chat
      case nil:
        return nil
      }
      party = .chat(chat)
      live.busyChats.insert(chat)
      live.talk.give(to: party)
    }
  }

  private func send(_ task: Task) {
    defer {
      context.store.note { live in
        switch task.party {
        case .presser(let user): live.busyPressers.remove(user)
        case .chat(let chat): live.busyChats.remove(chat)
        }
        if case .message(let row, _) = task.content { live.sending.remove(row) }
      }
    }
    switch task.content {
    case .press(let press):
      do throws(BotAPIError) {
        try context.api.answerCallbackQuery(
          id: press.query, text: press.text.isEmpty ? nil : press.text, showAlert: press.isAlert)
      } catch {
        context.log.detail("button not answered", ["reason": error.description])
        // Answering more presses would only make Telegram's pause longer.
        if error.isTooManyRequests { context.store.note { $0.dropPresses(of: press.user) } }
      }
    case .message(let row, let item):
      deliver(item, row: row)
    case .newCard(let id, let card, let text):
      show(card, id, text)
    case .edit(let id, let card, let message, let text):
      edit(card, id, message, text)
    }
  }

  // MARK: Answers

  private func deliver(_ item: Outgoing, row: Int64) {
    do throws(BotAPIError) {
      switch item.content {
      case .text(let text, let keyboard):
        _ = try context.api.sendMessage(
          chat: item.chat, text: Self.cut(text), replyTo: item.replyTo,
          markup: keyboard.map { Markup($0) })
      case .refusals(let many):
        let text = Texts(language: many.language).moreRefused(many.count, item.reason ?? "")
        _ = try context.api.sendMessage(chat: item.chat, text: Self.cut(text))
      case .edit(let message, let text, let keyboard):
        try context.api.editMessageText(
          chat: item.chat, message: message, text: Self.cut(text),
          markup: keyboard.map { Markup($0) })
      case .delete(let message):
        try context.api.deleteMessage(chat: item.chat, message: message)
      }
    } catch {
      guard !context.settle(error, chat: item.chat) else { return }
      // These errors count as success. A message that may have been sent is not lost but sent again.
      if !error.isNotModified, !error.isMessageGone, !error.wasAnsweredWell {
        if context.retries(after: error, row: row, as: .idempotent, .talk(chat: item.chat)) {
          context.log.detail("message not sent yet", ["reason": error.description])
          return
        }
        context.log.note(.warning, "message not sent", ["reason": error.description])
      }
    }
    context.insist { state, live in
      state.outbox[row] = nil
      live.retries[row] = nil
    }
  }

  /// At most 4096 UTF-16 units.
  private static func cut(_ text: String) -> String {
    var text = text
    while text.utf16.count > 4096 { text.removeLast(max(1, (text.utf16.count - 4096) / 2)) }
    return text
  }

  // MARK: Cards

  private func show(_ card: Card, _ id: Int64, _ text: String) {
    let texts = Texts(language: card.language)
    do throws(BotAPIError) {
      let message = try context.api.sendMessage(
        chat: card.chat, text: text, replyTo: card.replyTo, markup: Self.cancel(id, texts))
      context.insist { state, live in
        live.retries[id] = nil
        guard state.cards[id] != nil else {
          // The card's last job was over before the card was sent.
          state.outbox[state.newID()] = Outgoing(
            chat: card.chat, content: .delete(message: message))
          return
        }
        state.cards[id]?.message = message
        live.cards[id] = LiveState.CardView(text: text, shown: monotonicSeconds())
      }
    } catch {
      guard !context.settle(error, chat: card.chat),
        !context.retries(after: error, row: id, as: .send, .talk(chat: card.chat))
      else { return }
      context.log.note(.warning, "card not sent", ["reason": error.description])
      // The work goes on without the card; it is sent when the service is started again.
      context.store.note { live in
        live.retries[id] = LiveState.Retry(policy: RetryPolicy(.send), notBefore: .infinity)
      }
    }
  }

  private func edit(_ card: Card, _ id: Int64, _ message: Int64, _ text: String) {
    var isGone = false
    do throws(BotAPIError) {
      try context.api.editMessageText(
        chat: card.chat, message: message, text: text,
        markup: Self.cancel(id, Texts(language: card.language)))
    } catch {
      if context.settle(error, chat: card.chat) { return }
      isGone = error.isMessageGone
      if error.isTooManyRequests {
        // An edit that only shows progress is not repeated, since the chat's result would have to wait.
        context.store.note { live in
          let until = monotonicSeconds() + Double(error.retryAfter ?? 5) + 0.5
          live.pause(.talk(chat: card.chat), until: until)
        }
      }
      if !error.isNotModified {
        context.log.detail("card not edited", ["reason": error.description])
      }
    }
    context.store.note { live in
      let edits = (live.cards[id]?.edits ?? 0) + 1
      // A card that a user has deleted is not sent again.
      live.cards[id] = LiveState.CardView(
        text: text, shown: isGone ? .infinity : monotonicSeconds(), edits: edits)
    }
  }

  private static func cancel(_ card: Int64, _ texts: Texts) -> Markup {
    .inline([[Markup.Button(texts.cancel, data: ButtonData.cancel(card: card).text)]])
  }
}

extension Markup {
  init(_ keyboard: Keyboard) {
    switch keyboard {
    case .buttons(let rows):
      self = .inline(rows.map { row in row.map { Button($0.text, data: $0.data.text) } })
    case .commands:
      self = .reply(
        [["/upscale_image"], ["/help", "/restart"]], placeholder: nil)
    }
  }
}
