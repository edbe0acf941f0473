/// A message that tells how one or several pictures (an album) go, and is edited as they do.
struct Card: Codable, Equatable, Sendable {
  var chat: Int64
  var user: Int64
  var isGroup = false
  var language: Language
  /// The message that brought the first picture.
  var replyTo: Int64
  /// Telegram's number of the album, if it is one.
  var album: String?
  /// Not sent before: more pictures of the album may come. In seconds since 1970.
  var due: Double
  /// The card's own message, once it is sent.
  var message: Int64?
}
