/// A network in terms of what users see.
enum Look: String, Codable, CaseIterable, Sendable {
  case photo, clean, anime, fast
}
