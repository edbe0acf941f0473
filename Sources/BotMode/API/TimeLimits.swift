/// How long a request may take, in seconds.
struct TimeLimits: Sendable {
  /// Until the connection is made.
  var connecting = 10
  /// For the whole request; 0 where only `standstill` limits it.
  var total = 0
  /// For transfers slower than `slowest`; 0 for no limit.
  var standstill = 0

  /// Bytes a second that count as a standstill.
  static let slowest = 256
}
