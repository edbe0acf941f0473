/// Of a new message, its identifier is enough.
struct SentMessage: Decodable {
  let id: Int64

  private enum CodingKeys: String, CodingKey {
    case id = "message_id"
  }
}
