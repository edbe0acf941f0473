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
