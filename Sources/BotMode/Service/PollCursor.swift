/// Where polling stands: what is asked for next, and how an answer that cannot be read is passed.
///
/// Pure. Such an answer is asked for again one update at a time; the one that cannot be read alone,
/// three times, is stepped over: a proxy in between may break an answer now and then, and no update is
/// lost for that.
struct PollCursor: Equatable, Sendable {
  /// The first update that is not confirmed; nil before the first has come.
  private(set) var offset: Int64?
  /// Polls left that ask for one update each.
  private var careful = 0
  /// Answers with one update that could not be read, in a row.
  private var failures = 0

  /// The most updates that an answer may bring.
  static let most = 100
  /// How often an update is asked for alone before it is left out.
  static let attempts = 3

  /// How many updates to ask for.
  var limit: Int { careful > 0 ? 1 : Self.most }

  /// Updates came, and are on the disk.
  mutating func took(_ updates: [Update]) {
    failures = 0
    // Nothing is left of those among which one could not be read.
    careful = updates.isEmpty ? 0 : max(0, careful - 1)
    // Not the largest: after a week of silence numbers start anew anywhere.
    if let last = updates.last { offset = last.next }
  }

  /// An answer came that cannot be read.
  ///
  /// - Parameter first: the number of its first update, where that can be found.
  /// - Returns: whether an update is left out from here on.
  mutating func couldNotRead(first: Int64?) -> Bool {
    guard careful > 0 else {
      careful = Self.most
      failures = 0
      return false
    }
    failures += 1
    guard failures >= Self.attempts else { return false }
    // Without a number only the next one can be asked for: it confirms none but that before it.
    guard let culprit = first ?? offset else { return false }
    failures = 0
    offset = culprit == .max ? .max : culprit + 1
    return true
  }
}
