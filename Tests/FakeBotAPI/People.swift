import Foundation

extension FakeBotAPI {
  /// A person who uses the bot. Functions return the number of the new message.
  public struct User: Sendable {
    public let id: Int64
    public let name: String
    public let username: String?
    public let language: String?
    public var isBot = false
    let server: FakeBotAPI

    /// The private chat with the bot.
    public var chat: Int64 { id }
  }

  /// A chat of several people.
  public struct Group: Sendable {
    public let id: Int64
    let server: FakeBotAPI

    /// The group becomes a supergroup: calls to its old number are refused with the new one.
    public func migrates(to new: Int64, by user: User) {
      server.change { state in
        guard let old = state.chats[id] else { return }
        state.chats[new] = State.Chat(id: new, type: "supergroup", title: old.title)
        state.chats[id]?.migratedTo = new
        let leaving = state.add(to: id, from: user.id) {
          $0.extra = ["migrate_to_chat_id": .integer(new)]
        }
        state.enqueue("message", state.json(leaving))
        let arriving = state.add(to: new, from: user.id) {
          $0.extra = ["migrate_from_chat_id": .integer(id)]
        }
        state.enqueue("message", state.json(arriving))
      }
    }

    /// The bot is thrown out.
    public func kicksBot(by user: User) { server.setMembership(id, by: user, isBlocked: true) }
  }

  /// Where a message goes and what comes with it.
  public struct Way: Sendable {
    var group: Group?
    var reply: Int?

    /// To the private chat.
    public static let privately = Way()
    public static func reply(to message: Int) -> Way { Way(reply: message) }
    public static func to(_ group: Group, replyTo message: Int? = nil) -> Way {
      Way(group: group, reply: message)
    }
  }

  /// An item of an album.
  public enum Item: Sendable {
    case photo([UInt8], width: Int, height: Int)
    case document([UInt8], name: String?, type: String?)
  }

  /// Adds a user who has started the bot.
  public func user(
    id: Int64, name: String = "Ann", username: String? = nil, language: String? = nil
  ) -> User {
    let user = User(id: id, name: name, username: username, language: language, server: self)
    change { state in
      if state.chats[id] == nil { state.chats[id] = State.Chat(id: id, type: "private") }
      state.chats[id]?.user = user
    }
    return user
  }

  /// A group that has the bot in it.
  public func group(id: Int64, title: String = "Pictures", isSuper: Bool = false) -> Group {
    change { state in
      if state.chats[id] == nil {
        state.chats[id] = State.Chat(
          id: id, type: isSuper ? "supergroup" : "group", title: title)
      }
    }
    return Group(id: id, server: self)
  }

  /// Takes bytes in as a file of Telegram's.
  func store(
    _ bytes: [UInt8], declaredSize: Int? = nil, name: String? = nil, type: String? = nil
  ) -> StoredFile {
    let place = UploadFolder(path: folder + "/uploads", name: "user")
    guard let writing = try? place.begin() else { preconditionFailure("no room for a test's file") }
    try? writing.append(bytes)
    var file = writing.finish(name: name, type: type)
    if let declaredSize {
      file.size = declaredSize
      // A file of that size without the bytes: a hole.
      if bytes.isEmpty { truncate(file.path, declaredSize) }
    }
    return change { $0.register(file) }
  }

  fileprivate func setMembership(_ chat: Int64, by user: User, isBlocked: Bool) {
    change { state in
      guard let known = state.chats[chat] else { return }
      state.chats[chat]?.hasBlockedBot = isBlocked
      let member: JSON = ["user": state.botUser, "status": "member"]
      let kicked: JSON = ["user": state.botUser, "status": "kicked", "until_date": 0]
      state.enqueue(
        "my_chat_member",
        [
          "chat": state.json(known), "from": state.json(user),
          "date": .integer(Int64(Date().timeIntervalSince1970)),
          "old_chat_member": isBlocked ? member : kicked,
          "new_chat_member": isBlocked ? kicked : member,
        ])
    }
  }
}

/// What people do.
extension FakeBotAPI.User {
  public typealias Way = FakeBotAPI.Way

  /// Sends a message with whatever `fill` puts into it.
  private func send(_ way: Way, _ fill: (inout FakeBotAPI.Message) -> Void) -> Int {
    server.change { state in
      let chat = way.group?.id ?? id
      let message = state.add(to: chat, from: id) { message in
        fill(&message)
        message.replyTo = way.reply
      }
      if state.isVisibleToBot(message) { state.enqueue("message", state.json(message)) }
      return message.id
    }
  }

  @discardableResult public func sends(_ text: String, _ way: Way = .privately) -> Int {
    send(way) { $0.text = text }
  }

  /// Sends a photo: Telegram makes smaller sizes of it.
  @discardableResult public func sendsPhoto(
    _ bytes: [UInt8], width: Int, height: Int, caption: String? = nil, _ way: Way = .privately
  ) -> Int {
    let photo = photo(bytes, width: width, height: height)
    return send(way) { message in
      message.attachment = photo
      message.caption = caption
    }
  }

  /// Sends a file.
  ///
  /// - Parameters:
  ///   - bytes: What is in it.
  ///   - declaredSize: What Telegram says of its size; without bytes, a file of that many zeros.
  ///   - name: Its name, if the sender's program says one.
  ///   - type: Its MIME type, if the sender's program says one.
  ///   - caption: The text under it.
  ///   - way: Where to.
  /// - Returns: The number of the message.
  @discardableResult public func sendsDocument(
    _ bytes: [UInt8] = [], declaredSize: Int? = nil, name: String? = "picture.png",
    type: String? = "image/png", caption: String? = nil, _ way: Way = .privately
  ) -> Int {
    let file = server.store(bytes, declaredSize: declaredSize, name: name, type: type)
    return send(way) { message in
      message.attachment = FakeBotAPI.Attachment(kind: "document", file: file)
      message.caption = caption
    }
  }

  @discardableResult public func sendsSticker(
    _ bytes: [UInt8], width: Int = 512, height: Int = 512, isAnimated: Bool = false,
    isVideo: Bool = false, _ way: Way = .privately
  ) -> Int {
    let file = server.store(bytes)
    return send(way) { message in
      message.attachment = FakeBotAPI.Attachment(
        kind: "sticker", file: file, width: width, height: height, isAnimated: isAnimated,
        isVideo: isVideo)
    }
  }

  /// Sends an animation ("animation"), or "video", "video_note", "voice", "audio".
  @discardableResult public func sendsMedia(
    _ kind: String = "animation", _ bytes: [UInt8] = [0], name: String? = "clip.mp4",
    type: String? = "video/mp4", caption: String? = nil, _ way: Way = .privately
  ) -> Int {
    let file = server.store(bytes, name: name, type: type)
    return send(way) { message in
      message.attachment = FakeBotAPI.Attachment(
        kind: kind, file: file, width: 320, height: 320)
      message.caption = caption
    }
  }

  /// Sends several files as one: a message each, with a common `media_group_id`.
  @discardableResult public func sendsAlbum(
    _ items: [FakeBotAPI.Item], caption: String? = nil, _ way: Way = .privately
  ) -> [Int] {
    let album = server.change { state in
      state.albumCount += 1
      return "\(13_840_000_000_000 + state.albumCount)"
    }
    return items.enumerated().map { index, item in
      let attachment: FakeBotAPI.Attachment
      switch item {
      case .photo(let bytes, let width, let height):
        attachment = photo(bytes, width: width, height: height)
      case .document(let bytes, let name, let type):
        attachment = FakeBotAPI.Attachment(
          kind: "document", file: server.store(bytes, name: name, type: type))
      }
      return send(way) { message in
        message.attachment = attachment
        message.albumID = album
        message.caption = index == 0 ? caption : nil
      }
    }
  }

  /// Presses a button of a message, or sends what no button there does.
  ///
  /// - Parameters:
  ///   - data: The callback data.
  ///   - message: The message that the button is under.
  ///   - group: The group of the message; nil for the private chat.
  ///   - isInaccessible: Whether Telegram gives only the message's number.
  /// - Returns: The number of the query, see `FakeBotAPI.callbackAnswers`.
  @discardableResult public func presses(
    _ data: String, on message: Int, in group: FakeBotAPI.Group? = nil,
    isInaccessible: Bool = false
  ) -> String {
    server.change { state in
      let chat = group?.id ?? id
      state.callbackCount += 1
      let query = "\(4_382_912_000_000_000_000 + state.callbackCount)"
      state.callbacks[query] = State.Callback(user: id)
      var shown: FakeBotAPI.JSON?
      let place = state.chats[chat]?.messages.first { $0.id == message }
      if let place, !place.isDeleted, !isInaccessible {
        shown = state.json(place)
      } else if let known = state.chats[chat] {
        shown = [
          "chat": state.json(known), "message_id": .integer(Int64(message)), "date": 0,
        ]
      }
      state.enqueue(
        "callback_query",
        state.object(
          [
            "id": .string(query), "from": state.json(self), "message": shown,
            "chat_instance": "-3870139123458712345", "data": .string(data),
          ], optional: FieldNames.callback))
      return query
    }
  }

  /// Presses the button with this label; nil when the message has none.
  @discardableResult public func presses(
    label: String, on message: Int, in group: FakeBotAPI.Group? = nil
  ) -> String? {
    let buttons = server.messages(in: group?.id ?? id).first { $0.id == message }?.buttons ?? []
    guard let data = buttons.joined().first(where: { $0.text == label })?.data else { return nil }
    return presses(data, on: message, in: group)
  }

  /// Deletes a message of the chat; the bot is not told.
  public func deletes(_ message: Int, in group: FakeBotAPI.Group? = nil) {
    server.change { state in
      guard var known = state.message(Int64(message), in: group?.id ?? id) else { return }
      known.isDeleted = true
      state.replace(known)
    }
  }

  /// Blocks the bot: what it sends is refused.
  public func blocksBot() { server.setMembership(id, by: self, isBlocked: true) }
  public func unblocksBot() { server.setMembership(id, by: self, isBlocked: false) }

  private func photo(_ bytes: [UInt8], width: Int, height: Int) -> FakeBotAPI.Attachment {
    var sizes: [FakeBotAPI.Attachment.Size] = []
    // The smaller ones hold a picture of one pixel: a bot that takes them is found out.
    for side in [90, 320, 800] where side < max(width, height) {
      let scale = Double(side) / Double(max(width, height))
      sizes.append(
        .init(
          file: server.store(Self.onePixel, type: "image/jpeg"),
          width: max(Int(Double(width) * scale), 1),
          height: max(Int(Double(height) * scale), 1)))
    }
    let largest = server.store(bytes, type: "image/jpeg")
    sizes.append(.init(file: largest, width: width, height: height))
    return FakeBotAPI.Attachment(
      kind: "photo", file: largest, width: width, height: height, sizes: sizes)
  }

  /// A PNG of one pixel.
  static let onePixel: [UInt8] = [
    0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0x00, 0x00, 0x00, 0x0D, 0x49, 0x48, 0x44, 0x52,
    0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00, 0x01, 0x08, 0x06, 0x00, 0x00, 0x00, 0x1F, 0x15, 0xC4,
    0x89, 0x00, 0x00, 0x00, 0x0D, 0x49, 0x44, 0x41, 0x54, 0x78, 0x9C, 0x63, 0x60, 0x60, 0x60, 0xF8,
    0x0F, 0x00, 0x01, 0x04, 0x01, 0x00, 0x5F, 0xE5, 0xC3, 0x4B, 0x00, 0x00, 0x00, 0x00, 0x49, 0x45,
    0x4E, 0x44, 0xAE, 0x42, 0x60, 0x82,
  ]
}

extension State {
  /// In groups, bots see commands and replies to them only.
  func isVisibleToBot(_ message: FakeBotAPI.Message) -> Bool {
    guard options.hasPrivacyMode, chats[message.chat]?.type != "private" else { return true }
    if message.text?.hasPrefix("/") == true { return true }
    return message.replyTo.flatMap { self.message(Int64($0), in: message.chat) }?.isFromBot == true
  }
}
