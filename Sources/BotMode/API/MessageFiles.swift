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

/// A file as it was sent; name and type are whatever the sender says.
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

/// A sticker: a WebP picture unless it moves.
struct Sticker: Sendable, Hashable, Decodable {
  let fileID: String
  let width: Int
  let height: Int
  /// Whether it is a drawing that moves (TGS).
  let isAnimated: Bool
  /// Whether it is a film (WebM).
  let isVideo: Bool
  let fileSize: Int64?

  private enum Key: String, CodingKey {
    case fileID = "file_id"
    case width, height
    case isAnimated = "is_animated"
    case isVideo = "is_video"
    case fileSize = "file_size"
  }

  init(
    fileID: String, width: Int, height: Int, isAnimated: Bool = false, isVideo: Bool = false,
    fileSize: Int64? = nil
  ) {
    self.fileID = fileID
    self.width = width
    self.height = height
    self.isAnimated = isAnimated
    self.isVideo = isVideo
    self.fileSize = fileSize
  }

  init(from decoder: any Decoder) throws {
    let fields = try decoder.container(keyedBy: Key.self)
    fileID = try fields.decode(String.self, forKey: .fileID)
    width = Int(fields.amount(.width, upTo: ServerNumber.longestSide) ?? 0)
    height = Int(fields.amount(.height, upTo: ServerNumber.longestSide) ?? 0)
    isAnimated = fields.ifReadable(.isAnimated) ?? false
    isVideo = fields.ifReadable(.isVideo) ?? false
    fileSize = fields.amount(.fileSize)
  }
}

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
