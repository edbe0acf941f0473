/// What is being done right now: gone after a restart, when it is done again.
struct LiveState: Sendable {
  /// By job; none for `.resting`.
  private(set) var states: [Int64: JobState] = [:]
  /// Chats that a message is being sent to: messages of one chat keep their order.
  var busyChats: Set<Int64> = []
  /// Rows of the outbox that are being sent.
  var sending: Set<Int64> = []
  /// Until when Telegram wants to hear nothing for a chat, in monotonic seconds. Results wait for
  /// their own pauses only: what else is said must not hold them up.
  var pauses: [Int64: Double] = [:]
  var resultPauses: [Int64: Double] = [:]
  /// What failed and waits for its next attempt, by the number of the row.
  var retries: [Int64: Retry] = [:]
  /// What cards say, by card.
  var cards: [Int64: CardView] = [:]
  /// Presses of buttons that wait for their answers: late ones are of no use, so they are not kept.
  private(set) var presses: [Press] = []
  /// Users one of whose presses is being answered.
  var busyPressers: Set<Int64> = []
  /// To whom something was said when.
  var talk = Turns<Party>()
  /// What the disk may still hold of rows that are gone.
  var remains = Remains()
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
    var user: Int64
    var query: String
    var text: String
    var isAlert: Bool
    /// When it came, in monotonic seconds.
    var since: Double
  }

  /// Those who take turns in being talked to.
  enum Party: Hashable, Sendable {
    case presser(Int64)
    case chat(Int64)
  }

  /// What Telegram's wish to be left in peace holds up.
  enum Channel: Sendable {
    /// A call that is no message.
    case none
    case talk(chat: Int64)
    /// Documents; and the talk, which comes after them.
    case results(chat: Int64)
  }

  /// Presses of one user, and of all, that may wait for their answers.
  static let mostPressesOfUser = 10
  static let mostPresses = 1000
  /// Seconds after which nobody looks at the button any more, and Telegram takes no answer.
  static let pressPatience = 15.0

  /// A card as users see it.
  struct CardView: Sendable {
    var text: String
    /// In monotonic seconds.
    var shown: Double
    var edits = 0
  }

  /// Lets a press wait for its answer; a user who presses on and on loses his oldest.
  mutating func add(_ press: Press) {
    dropPresses(before: press.since - Self.pressPatience)
    if presses.count(where: { $0.user == press.user }) >= Self.mostPressesOfUser,
      let oldest = presses.firstIndex(where: { $0.user == press.user })
    {
      presses.remove(at: oldest)
    }
    if presses.count >= Self.mostPresses { presses.removeFirst() }
    presses.append(press)
  }

  /// Forgets presses that came before a time.
  mutating func dropPresses(before time: Double) { presses.removeAll { $0.since < time } }

  /// Forgets a user's presses.
  mutating func dropPresses(of user: Int64) { presses.removeAll { $0.user == user } }

  /// Takes a press to answer it; its user's next waits until that is done.
  mutating func takePress(_ index: Int) -> Press {
    let press = presses.remove(at: index)
    busyPressers.insert(press.user)
    return press
  }

  /// Notes that Telegram wants to be left in peace.
  mutating func pause(_ channel: Channel, until end: Double) {
    func later(_ pauses: inout [Int64: Double], _ chat: Int64) {
      pauses[chat] = max(pauses[chat] ?? 0, end)
    }
    switch channel {
    case .none: break
    case .talk(let chat): later(&pauses, chat)
    case .results(let chat):
      later(&pauses, chat)
      later(&resultPauses, chat)
    }
  }

  func isPaused(_ chat: Int64, at now: Double) -> Bool { (pauses[chat] ?? 0) > now }

  func mayTry(_ row: Int64, at now: Double) -> Bool { (retries[row]?.notBefore ?? 0) <= now }

  /// Forgets what belongs to rows that are gone, and pauses that are over.
  mutating func prune(_ kept: BotState, at now: Double) {
    cards = cards.filter { kept.cards[$0.key] != nil }
    retries = retries.filter {
      kept.jobs[$0.key] != nil || kept.cards[$0.key] != nil || kept.outbox[$0.key] != nil
    }
    pauses = pauses.filter { $0.value > now }
    resultPauses = resultPauses.filter { $0.value > now }
    dropPresses(before: now - Self.pressPatience)
    // A job that is gone and still worked on is forgotten by its thread.
    for (id, state) in states where !state.isBusy && kept.jobs[id] == nil { states[id] = nil }
  }

  // MARK: Jobs

  func state(of job: Int64) -> JobState { states[job] ?? .resting }

  func isBusy(_ job: Int64) -> Bool { state(of: job).isBusy }

  /// Jobs that threads work on.
  var busyJobs: Set<Int64> { Set(states.filter { $0.value.isBusy }.keys) }

  /// Brings a job to another state.
  ///
  /// - Parameters:
  ///   - job: its number.
  ///   - next: the state.
  /// - Returns: whether it may be: otherwise nothing has changed.
  @discardableResult
  mutating func move(_ job: Int64, to next: JobState) -> Bool {
    guard state(of: job).mayBecome(next) else { return false }
    states[job] = next == .resting ? nil : next
    return true
  }

  /// What has become of a job that a thread worked on.
  enum Outcome: Sendable { case kept, over }

  /// A thread has done with a job.
  ///
  /// - Parameters:
  ///   - job: its number.
  ///   - next: its state from now on, unless it is over.
  ///   - kept: what is kept.
  /// - Returns: whether the job is over.
  mutating func putBack(_ job: Int64, as next: JobState, in kept: BotState) -> Outcome {
    guard kept.jobs[job] != nil else {
      states[job] = nil
      retries[job] = nil
      return .over
    }
    move(job, to: next)
    if next == .fetched { retries[job] = nil }
    return .kept
  }

  /// Forgets a job that is over; its state stays while a thread works on it.
  mutating func forget(job: Int64) {
    if !isBusy(job) { states[job] = nil }
    retries[job] = nil
  }
}
