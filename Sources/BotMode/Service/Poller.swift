import Upscale

/// Asks Telegram for updates, and hands them to the conversation.
///
/// An update is confirmed, by asking for later ones, only when its effects are on the disk.
struct Poller: Sendable {
  let context: BotContext

  /// Seconds for which Telegram may let a poll wait.
  private static let hold = 50
  /// The least number of seconds between polls without new updates, for servers that answer at once.
  private static let interval = 0.5
  /// An update is skipped after the service has crashed so many times while handling it.
  static let crashLimit = 3

  /// Polls until the service ends.
  func run() {
    var cursor = PollCursor()
    var policy = RetryPolicy(.polling)
    while !context.isEnding {
      let start = monotonicSeconds()
      do throws(BotAPIError) {
        let answer = try context.api.poll(
          offset: cursor.offset, timeout: Self.hold, limit: cursor.limit)
        guard case .updates(let updates, let leftOut) = answer else {
          try pass(answer, &cursor, &policy)
          continue
        }
        if leftOut > 0 {
          context.log.note(.error, "updates without a number left out", ["count": "\(leftOut)"])
        }
        policy.succeeded()
        context.store.note { $0.lastPoll = monotonicSeconds() }
        var areNew = false
        if !updates.isEmpty {
          guard let isNew = take(updates) else { return }
          areNew = isNew
        }
        cursor.took(updates)
        // This includes servers that send the same updates again and again.
        if !areNew, monotonicSeconds() - start < Self.interval { context.pause(Self.interval) }
      } catch {
        guard !context.isEnding, error != .interrupted else { continue }
        switch policy.verdict(after: error, random: Double.random(in: 0..<1)) {
        case .retry(let seconds):
          context.log.note(
            .warning, "poll failed",
            ["reason": error.description, "again_in": "\(tenths(seconds))"])
          context.pause(seconds)
        case .giveUp:
          context.pause(Self.interval)
        case .fatal(let reason):
          context.end(.failure(reason))
        }
      }
    }
  }

  /// Handles an answer that cannot be read.
  ///
  /// - Throws: `.garbled` while the same is to be asked for again.
  private func pass(
    _ answer: PollAnswer, _ cursor: inout PollCursor, _ policy: inout RetryPolicy
  ) throws(BotAPIError) {
    guard case .unreadable(let first) = answer, cursor.couldNotRead(first: first) else {
      throw .garbled(status: 200, mayHaveTakenEffect: true)
    }
    context.log.note(
      .error, "update left out", ["reason": "Telegram's answer cannot be read"])
    policy.succeeded()
    context.pause(Self.interval)
  }

  /// Handles a batch of updates.
  ///
  /// - Returns: whether one of them was new; nil when the service ended before they were on the disk.
  private func take(_ updates: [Update]) -> Bool? {
    // They are recorded first: after a crash here, the next run handles them one by one.
    guard
      let (areSuspect, areNew) = context.insist({ state, _ -> (Bool, Bool) in
        let areNew = updates.contains { !state.wasHandled($0.updateID) }
        if updates.contains(where: { state.memory.inHand[$0.updateID] != nil }) {
          return (true, areNew)
        }
        Self.takeInHand(updates, &state)
        return (false, areNew)
      })
    else { return nil }
    for batch in areSuspect ? updates.map({ [$0] }) : [updates] {
      if areSuspect {
        guard context.insist({ state, _ in Self.takeInHand(batch, &state) }) != nil else {
          return nil
        }
      }
      guard let answers = context.insist({ state, live in handle(batch, &state, &live) }) else {
        return nil
      }
      for (user, answer) in answers { give(answer, to: user) }
    }
    return areNew
  }

  private static func takeInHand(_ updates: [Update], _ state: inout BotState) {
    for update in updates where !state.wasHandled(update.updateID) {
      state.memory.inHand[update.updateID, default: 0] += 1
    }
  }

  private func handle(
    _ updates: [Update], _ state: inout BotState, _ live: inout LiveState
  ) -> [(user: Int64, answer: Conversation.Immediate)] {
    var conversation = Conversation(rules: context.rules, now: BotContext.now())
    conversation.states = live.states
    conversation.facts = context.facts()
    conversation.sending = live.sending
    var answers: [(user: Int64, answer: Conversation.Immediate)] = []
    for update in updates where !state.wasHandled(update.updateID) {
      if state.memory.inHand[update.updateID] ?? 0 > Self.crashLimit {
        context.log.note(.error, "update left out", ["crashes": "\(Self.crashLimit)"])
      } else if let event = Incoming(update, name: context.rules.name) {
        if case .command(.forget, _, _) = event.content { live.remains.forget(event.user) }
        answers += conversation.handle(event, in: &state).map { (event.user, $0) }
      }
      state.noteHandled(update.updateID)
      state.memory.inHand[update.updateID] = nil
    }
    return answers
  }

  private func give(_ answer: Conversation.Immediate, to user: Int64) {
    switch answer {
    case .answerButton(let query, let text, let isAlert):
      context.store.note { live in
        live.add(
          LiveState.Press(
            user: user, query: query, text: text, isAlert: isAlert, since: monotonicSeconds()))
      }
    }
  }
}

/// A number of seconds for the log.
func tenths(_ seconds: Double) -> String {
  let tenths = Int((min(max(seconds, 0), 1e9) * 10).rounded())
  return "\(tenths / 10).\(tenths % 10)"
}
