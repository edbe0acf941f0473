/// A file as it was sent; the sender chooses name and type.
struct Document: Sendable, Hashable, Decodable {
  let fileID: String
  let fileName: String?
  let mimeType: String?
  let fileSize: Int64?

  private enum Key: String, CodingKey {
    case fileID = "file_id"
    case fileName = "file_name"
    case mimeType = "mime_type"
    case fileSize = "file_size"
  }

  init(
    fileID: String, fileName: String? = nil, mimeType: String? = nil, fileSize: Int64? = nil
  ) {
    self.fileID = fileID
    self.fileName = fileName
    self.mimeType = mimeType
    self.fileSize = fileSize
  }

  init(from decoder: any Decoder) throws {
    let fields = try decoder.container(keyedBy: Key.self)
    fileID = try fields.decode(String.self, forKey: .fileID)
    fileName = fields.ifReadable(.fileName)
    mimeType = fields.ifReadable(.mimeType)
    fileSize = fields.amount(.fileSize)
  }
}
