/// Where the bytes of a file can be had from.
struct File: Sendable, Hashable, Decodable {
  let fileID: String
  let fileSize: Int64?
  /// For `BotAPI.download`; an absolute path of this machine when the server is a local one.
  let filePath: String?

  private enum Key: String, CodingKey {
    case fileID = "file_id"
    case fileSize = "file_size"
    case filePath = "file_path"
  }

  init(fileID: String, fileSize: Int64? = nil, filePath: String? = nil) {
    self.fileID = fileID
    self.fileSize = fileSize
    self.filePath = filePath
  }

  init(from decoder: any Decoder) throws {
    let fields = try decoder.container(keyedBy: Key.self)
    fileID = try fields.decode(String.self, forKey: .fileID)
    fileSize = fields.amount(.fileSize)
    filePath = fields.ifReadable(.filePath)
  }
}
