/// What the database's files may still hold of rows that are gone, and when that is to be erased: soon
/// when nothing is in work, after a minute when something always is, and for /forget as soon as its
/// answer is sent.
struct Remains: Sendable {
  /// At the start, because the last run may have been killed.
  private var isAny = true
  private var forgotten: Set<Int64> = []
  /// In monotonic seconds.
  private var lastTry = -Double.infinity

  /// Seconds between erasures while nothing is in work, and while something is.
  static let (shortest, longest) = (2.0, 60.0)

  /// A row about a user was written, in the place of another perhaps.
  mutating func note() { isAny = true }

  /// A user wants to be forgotten.
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
  /// Whether nobody's picture or message is in it.
  var isQuiet: Bool { jobs.rows.isEmpty && cards.rows.isEmpty && outbox.rows.isEmpty }

  /// Whether a row is about a user.
  func mentions(_ user: Int64) -> Bool {
    jobs.rows.values.contains { $0.user == user || $0.chat == user }
      || cards.rows.values.contains { $0.user == user || $0.chat == user }
      || outbox.rows.values.contains { $0.user == user || $0.chat == user }
  }
}
