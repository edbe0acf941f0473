/// Where messages are written.
struct Chat: Sendable, Hashable, Decodable {
  let id: Int64
  /// "private", "group", "supergroup" or "channel".
  let type: String?

  var isPrivate: Bool { type == "private" }

  private enum Key: String, CodingKey {
    case id, type
  }

  init(id: Int64, type: String? = "private") {
    self.id = id
    self.type = type
  }

  init(from decoder: any Decoder) throws {
    let fields = try decoder.container(keyedBy: Key.self)
    id = try fields.identifier(.id)
    type = fields.ifReadable(.type)
  }
}
