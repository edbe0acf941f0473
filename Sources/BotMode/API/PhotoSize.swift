/// One size of a photo.
struct PhotoSize: Sendable, Hashable, Decodable {
  let fileID: String
  let width: Int
  let height: Int
  let fileSize: Int64?

  private enum Key: String, CodingKey {
    case fileID = "file_id"
    case width, height
    case fileSize = "file_size"
  }

  init(fileID: String, width: Int, height: Int, fileSize: Int64? = nil) {
    self.fileID = fileID
    self.width = width
    self.height = height
    self.fileSize = fileSize
  }

  init(from decoder: any Decoder) throws {
    let fields = try decoder.container(keyedBy: Key.self)
    fileID = try fields.decode(String.self, forKey: .fileID)
    width = Int(fields.amount(.width, upTo: ServerNumber.longestSide) ?? 0)
    height = Int(fields.amount(.height, upTo: ServerNumber.longestSide) ?? 0)
    fileSize = fields.amount(.fileSize)
  }
}
