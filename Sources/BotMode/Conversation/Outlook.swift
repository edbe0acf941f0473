/// Estimates when each picture will be ready, if no others are sent.
struct Outlook: Sendable {
  /// Jobs that wait, in the order of their turns.
  let order: [Int64]
  private let places: [Int64: Int]
  private let seconds: [Int64: Double]

  /// - Parameters:
  ///   - state: what waits.
  ///   - states: what is being done right now, by job.
  init(_ state: BotState, _ states: [Int64: JobState]) {
    let remaining = states.compactMapValues { $0.remaining }
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

  /// Seconds for fetching, examining, writing and sending, as far as these do not overlap with computing.
  private static let overhead = 1.0

  /// 1 for the one that is next, or is computed.
  func place(of job: Int64) -> Int { places[job] ?? 1 }

  /// Seconds until the result has arrived; for a result that is being sent, the whole time of sending.
  func seconds(for job: Int64) -> Double { seconds[job] ?? Self.overhead }
}
