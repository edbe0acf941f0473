/// What is being done with a job while the service runs, in addition to the kept `Job.Stage`; it is not
/// needed after a restart.
enum JobState: Equatable, Sendable {
  /// No thread works on it, and its picture has not been fetched or is no longer needed.
  case resting
  /// Its picture is fetched and examined.
  case fetching
  /// Its picture has been fetched, and waits for its turn.
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

  /// Seconds for which other jobs have to wait for it; nil where none has to.
  var remaining: Double? {
    switch self {
    case .computing(_, let seconds), .fitting(let seconds): seconds
    case .resting, .fetching, .fetched, .sending: nil
    }
  }

  /// Whether a job of this state may change to another one next.
  ///
  /// After failed work a job returns to the state in which it was taken.
  ///
  /// - Parameter next: the other state.
  /// - Returns: false for a change that would lose a picture's place or let two threads work on it.
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
