/// A message that shows the progress of one or several pictures (an album) and is edited as they advance.
struct Card: Codable, Equatable, Sendable {
  var chat: Int64
  var user: Int64
  var isGroup = false
  var language: Language
  /// The message that brought the first picture.
  var replyTo: Int64
  /// Telegram's number of the album, if it is one.
  var album: String?
  /// The earliest time to send it, in seconds since 1970: more pictures of the album may come before.
  var due: Double
  /// The card's own message, once it is sent.
  var message: Int64?
}
