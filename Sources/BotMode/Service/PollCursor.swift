/// The position of polling: which update is asked for next, and how an unreadable answer is skipped.
///
/// It is pure. After an unreadable answer, updates are asked for one at a time. An update whose answer
/// cannot be read three times is skipped. One attempt is not enough, since a proxy may break an answer now
/// and then, and no update may be lost for that.
struct PollCursor: Equatable, Sendable {
  /// The first update that is not confirmed; nil before the first one has arrived.
  private(set) var offset: Int64?
  /// How many more polls ask for one update each.
  private var careful = 0
  /// Consecutive answers with one update that could not be read.
  private var failures = 0

  /// The most updates of an answer.
  static let most = 100
  /// How often an update is asked for alone before it is skipped.
  static let attempts = 3

  /// How many updates to ask for.
  var limit: Int { careful > 0 ? 1 : Self.most }

  /// Notes that updates arrived and are on the disk.
  mutating func took(_ updates: [Update]) {
    failures = 0
    // An empty answer means that the updates of the unreadable answer are all handled.
    careful = updates.isEmpty ? 0 : max(0, careful - 1)
    // The last and not the largest number: after a week without updates, numbers start at a random one.
    if let last = updates.last { offset = last.next }
  }

  /// Notes that an answer could not be read.
  ///
  /// - Parameter first: the number of its first update, where that can be found.
  /// - Returns: whether an update is skipped.
  mutating func couldNotRead(first: Int64?) -> Bool {
    guard careful > 0 else {
      careful = Self.most
      failures = 0
      return false
    }
    failures += 1
    guard failures >= Self.attempts else { return false }
    // Without its number, the offset is increased by one, which skips at most one update.
    guard let culprit = first ?? offset else { return false }
    failures = 0
    offset = culprit == .max ? .max : culprit + 1
    return true
  }
}
