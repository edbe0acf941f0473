/// What is being done right now: gone after a restart, when it is done again.
struct Live: Sendable {
  /// By job.
  var activities: [Int64: Activity] = [:]
  /// Jobs whose pictures are here and looked at.
  var fetched: Set<Int64> = []
  /// Jobs that a thread works on: fetches, computes or sends.
  var taken: Set<Int64> = []
  /// Chats that a message is being sent to: messages of one chat keep their order.
  var busyChats: Set<Int64> = []
  /// Until when Telegram wants to hear nothing for a chat, in monotonic seconds.
  var pauses: [Int64: Double] = [:]
  /// What failed and waits for its next attempt, by the number of the row.
  var retries: [Int64: Retry] = [:]
  /// What cards say, by card.
  var cards: [Int64: CardView] = [:]
  /// Presses of buttons that wait for their answers: late ones are of no use, so they are not kept.
  var presses: [Press] = []
  /// When the service began to end, in monotonic seconds, or nil.
  var stopped: Double?
  /// When a poll went well last.
  var lastPoll: Double?

  /// Attempts that failed.
  struct Retry: Sendable {
    var policy: RetryPolicy
    /// In monotonic seconds.
    var notBefore: Double
  }

  struct Press: Sendable {
    var query: String
    var text: String
    var isAlert: Bool
  }

  /// A card as users see it.
  struct CardView: Sendable {
    var text: String
    /// In monotonic seconds.
    var shown: Double
    var edits = 0
  }

  func isPaused(_ chat: Int64, at now: Double) -> Bool { (pauses[chat] ?? 0) > now }

  func mayTry(_ row: Int64, at now: Double) -> Bool { (retries[row]?.notBefore ?? 0) <= now }

  /// Forgets what belongs to rows that are gone, and pauses that are over.
  mutating func prune(_ state: BotState, at now: Double) {
    cards = cards.filter { state.cards[$0.key] != nil }
    retries = retries.filter {
      state.jobs[$0.key] != nil || state.cards[$0.key] != nil || state.outbox[$0.key] != nil
    }
    pauses = pauses.filter { $0.value > now }
  }

  /// Forgets a job that is over.
  mutating func forget(job: Int64) {
    activities[job] = nil
    fetched.remove(job)
    retries[job] = nil
  }
}
