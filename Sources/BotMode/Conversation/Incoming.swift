/// The request in an update, without details that only concern Telegram.
struct Incoming: Sendable, Equatable {
  enum Content: Sendable, Equatable {
    /// nil for an unknown command.
    case command(ChatCommand?, argument: String, about: Offer?)
    case offer(Offer, caption: String?)
    case text
    /// A button: its meaning (nil for unknown data), and the picture that it is about.
    case button(query: String, ButtonData?, message: Int64?, about: Offer?, original: Int64?)
    /// The user has blocked the bot, or it was removed from the group.
    case gone
    case moved(to: Int64)
  }

  /// Something that may be a picture.
  enum Offer: Sendable, Equatable {
    case picture(PictureOffer)
    case unusable(Unusable)
  }

  var chat: Int64
  var isGroup: Bool
  var user: Int64
  var userName: String?
  var languageTag: String?
  /// The message to answer.
  var message: Int64
  /// The album that the picture is one of.
  var album: String?
  var content: Content
}

extension Incoming {
  /// Fails for updates that are not meant for the bot: from other bots, in channels, talk in groups.
  ///
  /// - Parameters:
  ///   - update: as Telegram has it.
  ///   - name: the bot's own user name.
  init?(_ update: Update, name: String?) {
    if let query = update.callbackQuery {
      self.init(query)
    } else if let message = update.message {
      self.init(message, name: name)
    } else if let member = update.myChatMember, member.isGone {
      self.init(
        chat: member.chat.id, isGroup: !member.chat.isPrivate, user: member.from?.id ?? 0,
        message: 0, content: .gone)
    } else {
      return nil
    }
  }

  private init?(_ query: CallbackQuery) {
    guard !query.from.isBot else { return nil }
    let original = query.message?.replyToMessage
    self.init(
      chat: query.message?.chat.id ?? query.from.id,
      isGroup: query.message.map { !$0.chat.isPrivate } ?? false, user: query.from.id,
      userName: query.from.firstName, languageTag: query.from.languageCode,
      message: query.message?.id ?? 0,
      content: .button(
        query: query.id, query.data.flatMap { ButtonData($0) }, message: query.message?.id,
        about: original.flatMap { Offer($0) }, original: original?.id))
  }

  private init?(_ message: Message, name: String?) {
    guard message.chat.type != "channel", let sender = message.from, !sender.isBot else {
      return nil
    }
    let isGroup = !message.chat.isPrivate
    var answered = message.id
    let content: Content
    if let target = message.migrateToChatID {
      content = .moved(to: target)
    } else if let offer = Offer(message) {
      // In a group, only messages whose caption is a command for the bot or that answer it.
      let caption = message.caption ?? ""
      let command = ChatCommand.read(caption, for: name)
      let isCalled = command?.command == .upscale || command?.command == .upscaleImage
      let mentionsBot = name.map { caption.lowercased().contains("@\($0.lowercased())") } ?? false
      let answersBot =
        message.replyToMessage?.from?.isBot == true
        && message.replyToMessage?.from?.username?.lowercased() == name?.lowercased()
      guard !isGroup || isCalled || mentionsBot || answersBot else { return nil }
      content = .offer(offer, caption: isCalled ? command?.argument : message.caption)
    } else if let text = message.text {
      if let (command, argument, isAddressed) = ChatCommand.read(text, for: name) {
        guard !isGroup || command != nil || isAddressed else { return nil }
        let about = message.replyToMessage.flatMap { Offer($0) }
        if about != nil, let picture = message.replyToMessage?.id { answered = picture }
        content = .command(command, argument: argument, about: about)
      } else {
        guard !isGroup else { return nil }
        content = .text
      }
    } else {
      return nil
    }
    self.init(
      chat: message.chat.id, isGroup: isGroup, user: sender.id, userName: sender.firstName,
      languageTag: sender.languageCode, message: answered, album: message.mediaGroupID,
      content: content)
  }
}

extension Incoming.Offer {
  /// The picture of a message, or why its content is no picture; nil for plain text and service messages.
  init?(_ message: Message) {
    // Telegram sets `document` for an animation too.
    if message.animation != nil {
      self = .unusable(.animation)
    } else if let photo = message.largestPhoto {
      self = .picture(
        PictureOffer(
          kind: .photo, fileID: photo.fileID, width: Self.side(photo.width),
          height: Self.side(photo.height), size: photo.fileSize.map { Int(clamping: $0) }))
    } else if let sticker = message.sticker {
      if sticker.isAnimated {
        self = .unusable(.animatedSticker)
      } else if sticker.isVideo {
        self = .unusable(.videoSticker)
      } else {
        self = .picture(
          PictureOffer(
            kind: .sticker, fileID: sticker.fileID, width: Self.side(sticker.width),
            height: Self.side(sticker.height), size: sticker.fileSize.map { Int(clamping: $0) }))
      }
    } else if let document = message.document {
      if let complaint = DocumentHint.complaint(name: document.fileName, type: document.mimeType) {
        self = .unusable(complaint)
      } else {
        self = .picture(
          PictureOffer(
            kind: .document, fileID: document.fileID,
            size: document.fileSize.map { Int(clamping: $0) },
            name: document.fileName.map { String($0.prefix(255)) },
            format: DocumentHint.format(name: document.fileName, type: document.mimeType)))
      }
    } else {
      switch message.otherMedia {
      case "video", "video_note": self = .unusable(.video)
      case "voice", "audio": self = .unusable(.audio)
      case .some: self = .unusable(.noPicture)
      case nil: return nil
      }
    }
  }

  /// A plausible length of a side, or nil.
  private static func side(_ length: Int) -> Int? {
    (1...1_000_000).contains(length) ? length : nil
  }
}
