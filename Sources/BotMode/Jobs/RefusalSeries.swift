/// Refusals of one kind to one user.
struct RefusalSeries: Hashable, Sendable {
  var chat: Int64
  var user: Int64
  /// nil for those that are each of its own picture.
  var reason: String?
}
