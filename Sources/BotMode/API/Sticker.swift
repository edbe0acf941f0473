/// A sticker: a WebP picture unless it moves.
struct Sticker: Sendable, Hashable, Decodable {
  let fileID: String
  let width: Int
  let height: Int
  /// Whether it is an animated drawing (TGS).
  let isAnimated: Bool
  /// Whether it is a video (WebM).
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
