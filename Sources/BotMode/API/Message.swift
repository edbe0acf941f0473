/// A message in a chat.
struct Message: Sendable, Decodable {
  let id: Int64
  /// Seconds since 1970; 0 for a message that the bot may no longer see.
  let date: Int64
  let chat: Chat
  /// Nil in channels.
  let from: User?
  let text: String?
  let caption: String?
  /// The same photo in several sizes, in no promised order; empty for any other message.
  let photo: [PhotoSize]
  /// Telegram sets this for animations too, so `animation` is to be checked first.
  let document: Document?
  let sticker: Sticker?
  let animation: Document?
  /// The name of another kind of content ("video", "voice", …) that the message consists of.
  let otherMedia: String?
  /// The album that the message is a part of.
  let mediaGroupID: String?
  /// The group became a supergroup, whose identifier this is.
  let migrateToChatID: Int64?

  /// The message that this one answers.
  var replyToMessage: Message? { repliedTo.first }

  /// A list of at most one element, since a structure cannot contain itself.
  private let repliedTo: [Message]

  /// Whether it is too old to be seen or changed.
  var isInaccessible: Bool { date == 0 }

  /// The photo with the most pixels.
  var largestPhoto: PhotoSize? {
    photo.max { ($0.width &* $0.height) < ($1.width &* $1.height) }
  }

  private enum Key: String, CodingKey {
    case id = "message_id"
    case date, chat, from, text, caption, photo, document, sticker, animation
    case mediaGroupID = "media_group_id"
    case replyToMessage = "reply_to_message"
    case migrateToChatID = "migrate_to_chat_id"
  }

  /// What else a message can consist of.
  private enum Medium: String, CodingKey, CaseIterable {
    case video
    case videoNote = "video_note"
    case voice, audio, story, contact, location, venue, poll, dice
    case paidMedia = "paid_media"
  }

  init(
    id: Int64, date: Int64, chat: Chat, from: User? = nil, text: String? = nil,
    caption: String? = nil, photo: [PhotoSize] = [], document: Document? = nil,
    sticker: Sticker? = nil, animation: Document? = nil, otherMedia: String? = nil,
    mediaGroupID: String? = nil, replyToMessage: Message? = nil, migrateToChatID: Int64? = nil
  ) {
    self.id = id
    self.date = date
    self.chat = chat
    self.from = from
    self.text = text
    self.caption = caption
    self.photo = photo
    self.document = document
    self.sticker = sticker
    self.animation = animation
    self.otherMedia = otherMedia
    self.mediaGroupID = mediaGroupID
    self.migrateToChatID = migrateToChatID
    repliedTo = replyToMessage.map { [$0] } ?? []
  }

  init(from decoder: any Decoder) throws {
    let fields = try decoder.container(keyedBy: Key.self)
    id = try fields.identifier(.id)
    chat = try fields.decode(Chat.self, forKey: .chat)
    date = fields.amount(.date) ?? 0
    from = fields.ifReadable(.from)
    text = fields.ifReadable(.text)
    caption = fields.ifReadable(.caption)
    let sizes: [Readable<PhotoSize>]? = fields.ifReadable(.photo)
    photo = (sizes ?? []).compactMap(\.value)
    document = fields.ifReadable(.document)
    sticker = fields.ifReadable(.sticker)
    animation = fields.ifReadable(.animation)
    mediaGroupID = fields.ifReadable(.mediaGroupID)
    migrateToChatID = try? fields.identifier(.migrateToChatID)
    let replied: Message? = fields.ifReadable(.replyToMessage)
    repliedTo = replied.map { [$0] } ?? []
    let media = try decoder.container(keyedBy: Medium.self)
    otherMedia =
      Medium.allCases.first { medium in
        media.contains(medium) && (try? media.decodeNil(forKey: medium)) == false
      }?.rawValue
  }
}
