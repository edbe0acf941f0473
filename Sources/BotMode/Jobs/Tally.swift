/// Counts since the service was set up.
struct Tally: Codable, Equatable, Sendable {
  var accepted = 0
  var delivered = 0
  var refused = 0
  var failed = 0
  var cancelled = 0
  var crashes = 0
}
