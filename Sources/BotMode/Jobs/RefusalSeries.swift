/// Identifies refusals to one user that are counted together.
struct RefusalSeries: Hashable, Sendable {
  var chat: Int64
  var user: Int64
  /// nil for refusals of individual pictures.
  var reason: String?
}
