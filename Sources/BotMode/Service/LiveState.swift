/// What is being done right now. It is lost at a restart, after which the work is done again.
struct LiveState: Sendable {
  /// By job; none for `.resting`.
  private(set) var states: [Int64: JobState] = [:]
  /// Chats to which a message is being sent. No other is sent to them meanwhile, so that messages of a
  /// chat keep their order.
  var busyChats: Set<Int64> = []
  /// Rows of the outbox that are being sent.
  var sending: Set<Int64> = []
  /// Until when Telegram has asked to wait, by channel, in monotonic seconds. Results have pauses of their
  /// own, so that other messages do not delay them.
  var pauses: [Int64: Double] = [:]
  var resultPauses: [Int64: Double] = [:]
  /// Failed calls that wait for their next attempt, by the number of the row.
  var retries: [Int64: Retry] = [:]
  /// The cards as they were last sent, by their numbers.
  var cards: [Int64: CardView] = [:]
  /// Presses of buttons that wait for their answers. They are not kept on the disk, since late answers are
  /// of no use.
  private(set) var presses: [Press] = []
  /// Users one of whose presses is being answered.
  var busyPressers: Set<Int64> = []
  /// When each chat or user last got a message.
  var talk = Turns<Party>()
  /// Whether the disk may still contain traces of deleted rows.
  var remains = Remains()
  /// When the service began to end, in monotonic seconds, or nil.
  var stopped: Double?
  /// When the last poll succeeded.
  var lastPoll: Double?

  /// The state of failed attempts.
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

  /// The parties that take turns in getting messages.
  enum Party: Hashable, Sendable {
    case presser(Int64)
    case chat(Int64)
  }

  /// What has to wait when Telegram asks to wait.
  enum Channel: Sendable {
    /// A call that is no message.
    case none
    case talk(chat: Int64)
    /// Results, and all messages to the chat, which come after results.
    case results(chat: Int64)
  }

  /// The most presses of one user, and of all users, that may wait for their answers.
  static let mostPressesOfUser = 10
  static let mostPresses = 1000
  /// Seconds after which a press is dropped: Telegram no longer accepts an answer.
  static let pressPatience = 15.0

  /// A card as it was last sent.
  struct CardView: Sendable {
    var text: String
    /// In monotonic seconds.
    var shown: Double
    var edits = 0
  }

  /// Adds a press that waits for its answer; beyond the limit, the user's oldest press is dropped.
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

  /// Notes that Telegram has asked to wait.
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

  /// Removes entries of deleted rows, and pauses that are over.
  mutating func prune(_ kept: BotState, at now: Double) {
    cards = cards.filter { kept.cards[$0.key] != nil }
    retries = retries.filter {
      kept.jobs[$0.key] != nil || kept.cards[$0.key] != nil || kept.outbox[$0.key] != nil
    }
    pauses = pauses.filter { $0.value > now }
    resultPauses = resultPauses.filter { $0.value > now }
    dropPresses(before: now - Self.pressPatience)
    // The entry of a deleted job on which a thread still works is removed by the thread.
    for (id, state) in states where !state.isBusy && kept.jobs[id] == nil { states[id] = nil }
  }

  // MARK: Jobs

  func state(of job: Int64) -> JobState { states[job] ?? .resting }

  func isBusy(_ job: Int64) -> Bool { state(of: job).isBusy }

  /// Jobs that threads work on.
  var busyJobs: Set<Int64> { Set(states.filter { $0.value.isBusy }.keys) }

  /// Changes the state of a job.
  ///
  /// - Parameters:
  ///   - job: its number.
  ///   - next: the state.
  /// - Returns: whether the change is legal; otherwise nothing has changed.
  @discardableResult
  mutating func move(_ job: Int64, to next: JobState) -> Bool {
    guard state(of: job).mayBecome(next) else { return false }
    states[job] = next == .resting ? nil : next
    return true
  }

  /// The outcome for a job that a thread worked on.
  enum Outcome: Sendable { case kept, over }

  /// Ends a thread's work on a job.
  ///
  /// - Parameters:
  ///   - job: its number.
  ///   - next: its state from now on, unless it is over.
  ///   - kept: the kept state.
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

  /// Removes a job that is over; its state is kept while a thread works on it.
  mutating func forget(job: Int64) {
    if !isBusy(job) { states[job] = nil }
    retries[job] = nil
  }
}
