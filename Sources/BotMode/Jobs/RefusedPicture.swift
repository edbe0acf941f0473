/// The user, chat and message of a refused picture.
struct RefusedPicture: Equatable, Sendable {
  var chat: Int64
  var user: Int64
  var message: Int64
  var isGroup: Bool
  var language: Language
  /// Seconds since 1970.
  var time: Double
}
