/// What /stats shows of the process.
struct ServiceFacts: Sendable {
  /// Seconds.
  var uptime = 0.0
  /// Bytes.
  var memory = 0
  var workerMemory = 0
}
