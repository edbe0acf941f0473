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

  /// Seconds until what is computed is done, by job.
  var remaining: [Int64: Double] {
    activities.compactMapValues { activity in
      switch activity {
      case .computing(_, let seconds): seconds ?? 5
      case .fitting: 3
      default: nil
      }
    }
  }

  func isPaused(_ chat: Int64, at now: Double) -> Bool { (pauses[chat] ?? 0) > now }

  func mayTry(_ row: Int64, at now: Double) -> Bool { (retries[row]?.notBefore ?? 0) <= now }

  /// Forgets a job that is over.
  mutating func forget(job: Int64) {
    activities[job] = nil
    fetched.remove(job)
    retries[job] = nil
  }
}
