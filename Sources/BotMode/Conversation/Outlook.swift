/// When each picture will be ready, if nothing else comes.
struct Outlook: Sendable {
  /// Jobs that wait, in the order of their turns.
  let order: [Int64]
  private let places: [Int64: Int]
  private let seconds: [Int64: Double]

  /// - Parameters:
  ///   - state: what waits.
  ///   - activities: what is being done right now, by job.
  init(_ state: BotState, _ activities: [Int64: Activity]) {
    let remaining = activities.compactMapValues { $0.remaining }
    order = state.queue(without: Set(remaining.keys))
    var places: [Int64: Int] = [:]
    var seconds = remaining
    for (id, job) in state.jobs.rows {
      switch job.stage {
      case .waiting: break
      case .rendered: seconds[id] = seconds[id] ?? job.fittingSeconds
      case .finished(let picture): seconds[id] = state.memory.secondsToSend(picture)
      }
    }
    // One picture is computed at a time.
    var end = remaining.values.reduce(0, +)
    for (index, id) in order.enumerated() {
      guard let job = state.jobs[id] else { continue }
      end += state.memory.expectedSeconds(of: job) + Self.overhead
      places[id] = index + 1 + remaining.count
      seconds[id] = end
    }
    self.places = places
    self.seconds = seconds
  }

  /// Fetching, examining, writing and sending, as far as it is not done meanwhile.
  private static let overhead = 1.0

  /// 1 for the one that is next, or is computed.
  func place(of job: Int64) -> Int { places[job] ?? 1 }

  /// Until the result is there; for a result that is being sent, what sending takes in all.
  func seconds(for job: Int64) -> Double { seconds[job] ?? Self.overhead }
}

/// What is being done with a job right now; nobody needs it after a restart.
enum Activity: Equatable, Sendable {
  case resting, fetching
  /// 0…1, and seconds that are left.
  case computing(Double, Double)
  /// Seconds that are left.
  case fitting(Double)
  case sending

  /// Seconds for which others have to wait for it; nil for what nobody waits for.
  var remaining: Double? {
    switch self {
    case .computing(_, let seconds), .fitting(let seconds): seconds
    case .resting, .fetching, .sending: nil
    }
  }
}

/// The text of a card: a function of the card's jobs, so that it is right whenever it is looked at.
///
/// Whatever a job's state, the card tells how long it will still take.
enum CardText {
  /// - Parameters:
  ///   - jobs: of the card, oldest first.
  ///   - activities: what is being done, by job.
  ///   - outlook: when what will be ready.
  ///   - texts: in the user's language.
  /// - Returns: at most 4096 UTF-16 units.
  static func text(
    _ jobs: [(id: Int64, job: Job)], _ activities: [Int64: Activity], _ outlook: Outlook,
    _ texts: Texts
  ) -> String {
    let parts = jobs.map { id, job in
      texts.sizes(job) + "\n"
        + progress(of: id, job, activities[id] ?? .resting, outlook, texts)
        + (job.damage.map { "\n" + texts.damage($0, of: job.source) } ?? "")
    }
    guard parts.count > 1 else { return parts.first ?? "" }
    var text = texts.album(parts.count)
    for (index, part) in parts.enumerated() {
      let line = "\n\(index + 1). " + part.split(separator: "\n").joined(separator: " – ")
      guard text.utf16.count + line.utf16.count < 4000 else { return text + "\n…" }
      text += line
    }
    return text
  }

  static func progress(
    of id: Int64, _ job: Job, _ activity: Activity, _ outlook: Outlook, _ texts: Texts
  ) -> String {
    let (place, seconds) = (outlook.place(of: id), outlook.seconds(for: id))
    switch (activity, job.stage) {
    case (.computing(let fraction, let seconds), _):
      return texts.computing(
        percent: min(99, max(0, Int(fraction * 100))), seconds: seconds)
    case (.fitting(let seconds), _): return texts.fitting(seconds: seconds)
    case (.resting, .rendered): return texts.fitting(seconds: seconds)
    case (.sending, _), (.resting, .finished): return texts.sending(seconds: seconds)
    case (.fetching, _) where place <= 1:
      return texts.fetching(seconds: seconds, isGuess: job.isGuess)
    case (.fetching, _), (.resting, .waiting):
      return texts.waiting(place: place, seconds: seconds, isGuess: job.isGuess)
    }
  }
}
