/// How long a request may take, in seconds.
struct TimeLimits: Sendable {
  /// Until the connection is there.
  var connecting = 10
  /// In all; 0 when only `standstill` counts.
  var total = 0
  /// With hardly a byte coming or going; 0: for ever.
  var standstill = 0

  /// Bytes a second that count as a standstill.
  static let slowest = 256
}
