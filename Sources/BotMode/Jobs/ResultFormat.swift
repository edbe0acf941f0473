/// The formats that results may have.
enum ResultFormat: String, Codable, CaseIterable, Sendable {
  case png, jpeg, webp
}
