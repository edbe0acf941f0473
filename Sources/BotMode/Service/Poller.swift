import Upscale

/// Asks Telegram for updates, and hands them to the conversation.
///
/// An update is confirmed, by asking for those after it, when what it led to is on the disk.
struct Poller: Sendable {
  let context: BotContext

  /// Seconds that Telegram may hold a poll.
  private static let hold = 50
  /// The least time between polls that bring nothing, for servers that do not hold them.
  private static let interval = 0.5
  /// An update that was in hand at so many crashes of the service is left out.
  static let crashLimit = 3

  /// Polls until the service ends.
  func run() {
    var offset: Int64?
    var policy = RetryPolicy(.polling)
    while !context.isEnding {
      let start = monotonicSeconds()
      do throws(BotAPIError) {
        let updates = try context.api.getUpdates(offset: offset, timeout: Self.hold)
        policy.succeeded()
        context.ledger.note { $0.lastPoll = monotonicSeconds() }
        if !updates.isEmpty {
          guard take(updates) else { return }
          // Not the largest: after a week of silence numbers start anew anywhere.
          offset = updates.last.map { $0.updateID + 1 } ?? offset
        } else if monotonicSeconds() - start < Self.interval {
          context.pause(Self.interval)
        }
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

  /// Handles a batch of updates.
  ///
  /// - Returns: false when the service ended before they were on the disk.
  private func take(_ updates: [Update]) -> Bool {
    // Whoever crashes here finds them in hand the next time, and handles them one by one.
    guard
      let areSuspect = context.insist({ state, _ -> Bool in
        if updates.contains(where: { state.memory.inHand[$0.updateID] != nil }) { return true }
        Self.takeInHand(updates, &state)
        return false
      })
    else { return false }
    for batch in areSuspect ? updates.map({ [$0] }) : [updates] {
      if areSuspect {
        guard context.insist({ state, _ in Self.takeInHand(batch, &state) }) != nil else {
          return false
        }
      }
      guard let answers = context.insist({ state, live in handle(batch, &state, live) }) else {
        return false
      }
      for answer in answers { give(answer) }
    }
    return true
  }

  private static func takeInHand(_ updates: [Update], _ state: inout BotState) {
    for update in updates where !state.wasHandled(update.updateID) {
      state.memory.inHand[update.updateID, default: 0] += 1
    }
  }

  private func handle(
    _ updates: [Update], _ state: inout BotState, _ live: Live
  ) -> [Conversation.Immediate] {
    var conversation = Conversation(rules: context.rules, now: BotContext.now())
    conversation.activities = live.activities
    conversation.facts = context.facts()
    var answers: [Conversation.Immediate] = []
    for update in updates where !state.wasHandled(update.updateID) {
      if state.memory.inHand[update.updateID] ?? 0 > Self.crashLimit {
        context.log.note(.error, "update left out", ["crashes": "\(Self.crashLimit)"])
      } else if let event = Incoming(update, name: context.rules.name) {
        answers += conversation.handle(event, in: &state)
      }
      state.noteHandled(update.updateID)
      state.memory.inHand[update.updateID] = nil
    }
    return answers
  }

  private func give(_ answer: Conversation.Immediate) {
    switch answer {
    case .answerButton(let query, let text, let isAlert):
      context.ledger.note { live in
        live.presses.append(.init(query: query, text: text, isAlert: isAlert))
      }
    }
  }
}

/// A number of seconds for the log.
func tenths(_ seconds: Double) -> String {
  let tenths = Int((min(max(seconds, 0), 1e9) * 10).rounded())
  return "\(tenths / 10).\(tenths % 10)"
}
