/// Where a job is while the service runs, beside what is kept of it (`Job.Stage`); nobody needs it
/// after a restart.
enum JobState: Equatable, Sendable {
  /// No thread works on it, and its picture is not here, or is not needed any more.
  case resting
  /// Its picture is fetched and examined.
  case fetching
  /// Its picture is here, and waits for its turn.
  case fetched
  /// 0…1, and seconds that are left.
  case computing(Double, Double)
  /// Seconds that are left.
  case fitting(Double)
  /// Its result is sent.
  case sending

  /// Whether a thread works on the job.
  var isBusy: Bool {
    switch self {
    case .resting, .fetched: false
    case .fetching, .computing, .fitting, .sending: true
    }
  }

  /// Seconds for which others have to wait for it; nil for what nobody waits for.
  var remaining: Double? {
    switch self {
    case .computing(_, let seconds), .fitting(let seconds): seconds
    case .resting, .fetching, .fetched, .sending: nil
    }
  }

  /// Whether a job of this state may come to another one next.
  ///
  /// Work that fails gives the job back in the state in which it was taken.
  ///
  /// - Parameter next: the other state.
  /// - Returns: false for a move that would lose a picture's place or have two threads work on it.
  func mayBecome(_ next: JobState) -> Bool {
    switch (self, next) {
    case (.resting, .fetching), (.resting, .fitting), (.resting, .sending): true
    case (.fetching, .fetched), (.fetching, .resting): true
    case (.fetched, .computing), (.fetched, .fitting): true
    case (.computing, .computing), (.computing, .fitting): true
    case (.computing, .fetched), (.computing, .resting): true
    case (.fitting, .fitting), (.fitting, .fetched), (.fitting, .resting): true
    case (.sending, .resting): true
    default: false
    }
  }
}
