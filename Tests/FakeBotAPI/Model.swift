import Foundation

extension FakeBotAPI {
  /// A file on the server: one that a user sent, or one that the bot uploaded.
  public struct StoredFile: Sendable, Equatable {
    public internal(set) var id: String
    public internal(set) var uniqueID: String
    public var name: String?
    public var type: String?
    public var size: Int
    /// FNV-1a (64 bits) of the bytes.
    public var hash: UInt64
    /// Where the bytes are.
    public var path: String

    /// The bytes.
    public var bytes: [UInt8] {
      (try? Data(contentsOf: URL(fileURLWithPath: path))).map { Array($0) } ?? []
    }
  }

  /// A picture or other file in a message.
  public struct Attachment: Sendable, Equatable {
    /// One size of a photo.
    public struct Size: Sendable, Equatable {
      public var file: StoredFile
      public var width: Int
      public var height: Int
    }

    /// The field of the message: "photo", "document", "sticker", "animation", "video"…
    public var kind: String
    /// What a user gets who opens it; of a photo, the largest size.
    public var file: StoredFile
    public var width = 0
    public var height = 0
    public var sizes: [Size] = []
    public var isAnimated = false
    public var isVideo = false
  }

  /// A button under a message.
  public struct Button: Sendable, Equatable {
    public var text: String
    /// What a press sends; nil for buttons that do something else.
    public var data: String?

    public init(text: String, data: String?) {
      self.text = text
      self.data = data
    }
  }

  /// A message, as the people of its chat see it now.
  public struct Message: Sendable {
    public let id: Int
    public let chat: Int64
    public let sender: Int64
    public let isFromBot: Bool
    /// Seconds since 1970.
    public let date: Int
    public internal(set) var text: String?
    public internal(set) var caption: String?
    public internal(set) var attachment: Attachment?
    public internal(set) var albumID: String?
    public internal(set) var replyTo: Int?
    /// The reply markup.
    public internal(set) var markup: JSON?
    public internal(set) var isDeleted = false
    /// Texts and captions that it had before.
    public internal(set) var earlierTexts: [String] = []
    /// The call that sent it, an index of `calls`.
    public internal(set) var call: Int?
    /// Fields of its JSON beside these.
    var extra: [String: JSON] = [:]

    /// The document, when it is one.
    public var document: StoredFile? { attachment?.kind == "document" ? attachment?.file : nil }

    /// The rows of its inline keyboard.
    public var buttons: [[Button]] {
      (markup?["inline_keyboard"]?.items ?? []).map { row in
        row.items.map {
          Button(text: $0["text"]?.asString ?? "", data: $0["callback_data"]?.asString)
        }
      }
    }

    /// The rows of its reply keyboard.
    public var keyboard: [[String]] {
      (markup?["keyboard"]?.items ?? []).map { row in
        row.items.map { $0.asString ?? $0["text"]?.asString ?? "" }
      }
    }
  }

  /// One HTTP request to the server, answered or not.
  public struct Call: Sendable {
    /// Its place in `calls`.
    public let index: Int
    /// Seconds since the server's start.
    public let time: Double
    /// The method as documented ("sendMessage"), or "file" for a download.
    public let method: String
    /// The connection it came on.
    public let connection: Int
    public let httpMethod: String
    /// The parameters as text; of a download, "path".
    public internal(set) var fields: [String: String] = [:]
    public internal(set) var uploads: [String: StoredFile] = [:]
    /// The HTTP status of the answer; nil as long as there is none.
    public internal(set) var status: Int?
    /// The words of a refusal.
    public internal(set) var refusal: String?
    public internal(set) var retryAfter: Int?
    /// Whether the method did what it does; of a download, whether there is such a file.
    public internal(set) var tookEffect = false
    /// Whether the answer was written in full to a client that still listened.
    public internal(set) var wasDelivered = false
    /// The fault that it met.
    public internal(set) var fault: Fault.Kind?
    public internal(set) var isFaultRandom = false
    /// When it was over, in seconds since the server's start.
    public internal(set) var endTime: Double?
    /// Messages that it sent.
    public internal(set) var messages: [Int] = []

    public var isOpen: Bool { endTime == nil }

    public func integer(_ field: String) -> Int64? { fields[field].flatMap { Int64($0) } }
    public func json(_ field: String) -> JSON? { fields[field].flatMap { JSON(text: $0) } }
    public var chat: Int64? { integer("chat_id") }
    public var text: String? { fields["text"] ?? fields["caption"] }
  }

  /// How the server behaves beside its faults.
  public struct Options: Sendable {
    /// Every optional field that is absent is there as null.
    public var writesNulls = false
    /// `file_size` is never said.
    public var omitsFileSizes = false
    /// The sizes of a photo come with the largest first.
    public var reversesPhotoSizes = false
    /// File paths have spaces, colons, percent signs and letters beyond ASCII.
    public var usesOddFilePaths = false
    /// A server of one's own (`telegram-bot-api --local`): `file_path` is absolute, no 20 MB limit.
    public var isLocal = false
    /// Polls are answered at once, whatever their timeout: a bot must not spin.
    public var ignoresPollTimeout = false
    /// Repeated short polls are held for 3 s, as Telegram does against spinning bots.
    public var slowsSpinningPolls = false
    /// Edits and messages beyond these rates are answered by 429.
    public var flood: Flood?
    /// Bots see only commands and replies in groups.
    public var hasPrivacyMode = true

    public init() {}
  }

  /// The rates that Telegram tolerates.
  public struct Flood: Sendable {
    /// Seconds between edits of one chat's messages.
    public var secondsBetweenEdits = 1.0
    /// Messages and edits in one group.
    public var perMinuteInGroups = 20
    /// What a refusal says; nothing in the chat goes until then.
    public var retryAfter = 3

    public init() {}
  }
}
