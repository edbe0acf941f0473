/// Settings of a user; kept while they differ from what everybody has at first.
struct UserRecord: Codable, Equatable, Sendable {
  /// nil for what his program says.
  var language: Language?
  var wish = Wish()
}
