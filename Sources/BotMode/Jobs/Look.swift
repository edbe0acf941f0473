/// Which network, in words of users.
enum Look: String, Codable, CaseIterable, Sendable {
  case photo, clean, anime, fast
}
