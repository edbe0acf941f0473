import Foundation

/// The optional fields of objects, for servers that write null for what is absent.
enum FieldNames {
  static let update = [
    "message", "edited_message", "channel_post", "edited_channel_post", "inline_query",
    "chosen_inline_result", "callback_query", "shipping_query", "pre_checkout_query", "poll",
    "poll_answer", "my_chat_member", "chat_member", "chat_join_request", "message_reaction",
  ]
  static let message = [
    "message_thread_id", "from", "sender_chat", "sender_boost_count", "sender_business_bot",
    "business_connection_id", "forward_origin", "is_topic_message", "is_automatic_forward",
    "reply_to_message", "external_reply", "quote", "via_bot", "edit_date",
    "has_protected_content", "is_from_offline", "media_group_id", "author_signature", "text",
    "entities", "link_preview_options", "effect_id", "animation", "audio", "document", "photo",
    "sticker", "story", "video", "video_note", "voice", "caption", "caption_entities",
    "show_caption_above_media", "has_media_spoiler", "contact", "dice", "game", "poll", "venue",
    "location", "new_chat_members", "left_chat_member", "new_chat_title", "new_chat_photo",
    "delete_chat_photo", "group_chat_created", "migrate_to_chat_id", "migrate_from_chat_id",
    "pinned_message", "reply_markup",
  ]
  static let user = ["last_name", "username", "language_code", "is_premium"]
  static let chat = ["title", "username", "first_name", "last_name", "is_forum"]
  static let photoSize = ["file_size"]
  static let document = ["thumbnail", "file_name", "mime_type", "file_size"]
  static let sticker = [
    "thumbnail", "emoji", "set_name", "premium_animation", "mask_position", "custom_emoji_id",
    "needs_repainting", "file_size",
  ]
  static let callback = ["message", "inline_message_id", "data", "game_short_name"]
  static let file = ["file_size", "file_path"]
}

/// How the server writes its objects.
extension State {
  typealias JSON = FakeBotAPI.JSON

  func addNulls(_ names: [String], to members: inout [String: JSON]) {
    for name in names where members[name] == nil { members[name] = .null }
  }

  /// An object of what is there, and null for what is not if that is wanted.
  func object(_ members: [String: JSON?], optional: [String]) -> JSON {
    var object = members.compactMapValues { $0 }
    if options.writesNulls { addNulls(optional, to: &object) }
    return .object(object)
  }

  var botUser: JSON {
    object(
      [
        "id": .integer(botID), "is_bot": true, "first_name": "Upscaler",
        "username": "upscaler_test_bot",
      ], optional: FieldNames.user)
  }

  func json(_ user: FakeBotAPI.User) -> JSON {
    object(
      [
        "id": .integer(user.id), "is_bot": .bool(user.isBot), "first_name": .string(user.name),
        "username": user.username.map { .string($0) },
        "language_code": user.language.map { .string($0) },
      ], optional: FieldNames.user)
  }

  func json(_ chat: Chat) -> JSON {
    object(
      [
        "id": .integer(chat.id), "type": .string(chat.type),
        "title": chat.title.map { .string($0) },
        "first_name": chat.user.map { .string($0.name) },
        "username": chat.user?.username.map { .string($0) },
      ], optional: FieldNames.chat)
  }

  func json(_ message: FakeBotAPI.Message, withReply: Bool = true) -> JSON {
    var members: [String: JSON?] = [
      "message_id": .integer(Int64(message.id)), "date": .integer(Int64(message.date)),
      "chat": chats[message.chat].map { json($0) },
      "from": message.isFromBot ? botUser : chats[message.sender]?.user.map { json($0) },
      "text": message.text.map { .string($0) }, "caption": message.caption.map { .string($0) },
      "media_group_id": message.albumID.map { .string($0) },
    ]
    if let markup = message.markup, markup["inline_keyboard"] != nil {
      members["reply_markup"] = markup
    }
    if let command = message.text?.prefix(while: { $0 != " " && $0 != "\n" }),
      command.hasPrefix("/"), command.count > 1
    {
      members["entities"] = [
        ["type": "bot_command", "offset": 0, "length": .integer(Int64(command.utf16.count))]
      ]
    }
    if withReply, let reply = message.replyTo.flatMap({ self.message(Int64($0), in: message.chat) })
    {
      members["reply_to_message"] = json(reply, withReply: false)
    }
    if let attachment = message.attachment {
      members[attachment.kind] = json(attachment)
      // An animation is also a document, for clients that do not know of it.
      if attachment.kind == "animation" {
        var document = attachment
        document.kind = "document"
        members["document"] = json(document)
      }
    }
    members.merge(message.extra.mapValues { $0 }) { $1 }
    return object(members, optional: FieldNames.message)
  }

  private func size(_ file: FakeBotAPI.StoredFile) -> JSON? {
    options.omitsFileSizes ? nil : .integer(Int64(file.size))
  }

  private func json(_ attachment: FakeBotAPI.Attachment) -> JSON {
    if attachment.kind == "photo" {
      let sizes = attachment.sizes.map { one in
        object(
          [
            "file_id": .string(one.file.id), "file_unique_id": .string(one.file.uniqueID),
            "width": .integer(Int64(one.width)), "height": .integer(Int64(one.height)),
            "file_size": size(one.file),
          ], optional: FieldNames.photoSize)
      }
      return .array(options.reversesPhotoSizes ? sizes.reversed() : sizes)
    }
    let file = attachment.file
    var members: [String: JSON?] = [
      "file_id": .string(file.id), "file_unique_id": .string(file.uniqueID),
      "file_size": size(file),
    ]
    if attachment.kind != "document" {
      members["width"] = .integer(Int64(attachment.width))
      members["height"] = .integer(Int64(attachment.height))
    }
    if attachment.kind == "sticker" {
      members["type"] = "regular"
      members["is_animated"] = .bool(attachment.isAnimated)
      members["is_video"] = .bool(attachment.isVideo)
      return object(members, optional: FieldNames.sticker)
    }
    members["file_name"] = file.name.map { .string($0) }
    members["mime_type"] = file.type.map { .string($0) }
    if attachment.kind == "video_note" { members["length"] = .integer(Int64(attachment.width)) }
    if !["document", "photo"].contains(attachment.kind) { members["duration"] = 3 }
    return object(members, optional: FieldNames.document)
  }

  func json(_ file: FakeBotAPI.StoredFile, path: String) -> JSON {
    object(
      [
        "file_id": .string(file.id), "file_unique_id": .string(file.uniqueID),
        "file_size": size(file), "file_path": .string(path),
      ], optional: FieldNames.file)
  }
}
