/// Whether the database's files may still contain traces of deleted rows, and when these are to be erased:
/// soon while no job is worked on, after a minute otherwise, and for /forget as soon as its answer is sent.
struct Remains: Sendable {
  /// At the start, because the last run may have been killed.
  private var isAny = true
  private var forgotten: Set<Int64> = []
  /// In monotonic seconds.
  private var lastTry = -Double.infinity

  /// Seconds between erasures while no job is worked on, and while one is.
  static let (shortest, longest) = (2.0, 60.0)

  /// Notes that a row about a user was written, which may have replaced another.
  mutating func note() { isAny = true }

  /// Notes that a user has sent /forget.
  mutating func forget(_ user: Int64) {
    forgotten.insert(user)
    isAny = true
  }

  func isDue(_ state: BotState, at now: Double) -> Bool {
    guard isAny, now - lastTry >= Self.shortest else { return false }
    return state.isQuiet || now - lastTry >= Self.longest
      || forgotten.contains { !state.mentions($0) }
  }

  mutating func erased(_ state: BotState, at now: Double) {
    lastTry = now
    isAny = false
    forgotten = forgotten.filter { state.mentions($0) }
  }

  mutating func couldNotErase(at now: Double) { lastTry = now }
}

extension BotState {
  /// Whether there is no picture and no message in it.
  var isQuiet: Bool { jobs.rows.isEmpty && cards.rows.isEmpty && outbox.rows.isEmpty }

  /// Whether a row is about a user.
  func mentions(_ user: Int64) -> Bool {
    jobs.rows.values.contains { $0.user == user || $0.chat == user }
      || cards.rows.values.contains { $0.user == user || $0.chat == user }
      || outbox.rows.values.contains { $0.user == user || $0.chat == user }
  }
}
