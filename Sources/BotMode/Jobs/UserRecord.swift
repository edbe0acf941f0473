/// Settings of a user; kept while they differ from the defaults.
struct UserRecord: Codable, Equatable, Sendable {
  /// nil for the language of the user's app.
  var language: Language?
  var wish = Wish()
}
