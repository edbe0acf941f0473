import Foundation

/// The methods, each as the state's change and its result.
extension State {
  /// The most bytes that an upload may have.
  var largestUpload: Int { options.isLocal ? 2000 << 20 : 50 << 20 }

  mutating func perform(
    _ name: String, _ parameters: Parameters, index: Int, server: FakeBotAPI
  ) throws(Refusal) -> JSON {
    switch name {
    case "getMe": return getMe()
    case "logOut":
      isLoggedOut = true
      return true
    case "close": return true
    case "setWebhook":
      webhook = parameters.text("url").flatMap { $0.isEmpty ? nil : $0 }
      if parameters.isTrue("drop_pending_updates") { queue = [] }
      return true
    case "deleteWebhook":
      webhook = nil
      if parameters.isTrue("drop_pending_updates") { queue = [] }
      return true
    case "getWebhookInfo":
      return [
        "url": .string(webhook ?? ""), "has_custom_certificate": false,
        "pending_update_count": .integer(Int64(queue.count)),
      ]
    case "getFile": return try getFile(parameters, folder: server.folder, token: server.token)
    case "getChat": return try getChat(parameters)
    case "sendMessage": return try sendMessage(parameters, index, time: server.time)
    case "sendDocument": return try sendDocument(parameters, index, time: server.time)
    case "sendPhoto": return try sendPhoto(parameters, index, time: server.time)
    case "sendMediaGroup": return try sendMediaGroup(parameters, index, time: server.time)
    case "sendChatAction": return try sendChatAction(parameters, index)
    case "editMessageText": return try editMessageText(parameters, index, time: server.time)
    case "editMessageCaption": return try editMessageCaption(parameters, index, time: server.time)
    case "editMessageReplyMarkup":
      return try editMessageReplyMarkup(parameters, index, time: server.time)
    case "deleteMessage": return try deleteMessage(parameters)
    case "answerCallbackQuery": return try answerCallbackQuery(parameters, index)
    case "setMyCommands": return try setMyCommands(parameters, index)
    case "deleteMyCommands":
      commands[scope(of: parameters)] = nil
      return true
    case "getMyCommands": return commands[scope(of: parameters)] ?? []
    case "setMyDescription":
      descriptions[parameters.text("language_code") ?? ""] = try limited(
        parameters, "description", to: 512, index)
      return true
    case "setMyShortDescription":
      shortDescriptions[parameters.text("language_code") ?? ""] = try limited(
        parameters, "short_description", to: 120, index)
      return true
    default: throw Refusal(404, "Not Found: method not found")
    }
  }

  // MARK: The bot and its files

  private func getMe() -> JSON {
    var members = botUser.members
    for name in ["can_join_groups", "can_read_all_group_messages", "supports_inline_queries"] {
      members[name] = .bool(name == "can_join_groups")
    }
    for name in [
      "can_connect_to_business", "has_main_web_app", "has_topics_enabled",
      "allows_users_to_create_topics", "can_manage_bots",
    ] {
      members[name] = false
    }
    return .object(members)
  }

  private mutating func getFile(
    _ parameters: Parameters, folder: String, token: String
  ) throws(Refusal) -> JSON {
    guard let id = parameters.text("file_id"), let file = files[id] else {
      throw .badRequest("invalid file_id")
    }
    if !options.isLocal, file.size > 20 << 20 { throw .badRequest("file is too big") }
    let path = filePath(of: file)
    filePaths[path] = id
    guard options.isLocal else { return json(file, path: path) }
    let whole = "\(folder)/\(token)/\(path)"
    let parent = (whole as NSString).deletingLastPathComponent
    try? FileManager.default.createDirectory(
      atPath: parent, withIntermediateDirectories: true)
    if !FileManager.default.fileExists(atPath: whole) {
      try? FileManager.default.linkItem(atPath: file.path, toPath: whole)
    }
    return json(file, path: whole)
  }

  private func filePath(of file: FakeBotAPI.StoredFile) -> String {
    let number = file.path.split(separator: "-").last ?? "0"
    let ending = file.name.flatMap { name in
      name.contains(".") ? name.split(separator: ".").last.map { ".\($0)" } : nil
    }
    let kind = file.type?.hasPrefix("image/") == true && file.name == nil ? "photos" : "documents"
    let plain = ending.map { $0.unicodeScalars.allSatisfy { $0.isASCII } ? $0 : "" } ?? ""
    return options.usesOddFilePaths
      ? "\(kind)/a b:c%41+d?e#é_\(number)\(plain)" : "\(kind)/file_\(number)\(plain)"
  }

  private func getChat(_ parameters: Parameters) throws(Refusal) -> JSON {
    let chat = try chat(parameters)
    var members = json(chat).members
    members["accent_color_id"] = 0
    members["max_reaction_count"] = 11
    members["accepted_gift_types"] = [
      "unlimited_gifts": false, "limited_gifts": false, "unique_gifts": false,
      "premium_subscription": false, "gifts_from_channels": false,
    ]
    return .object(members)
  }

  private func scope(of parameters: Parameters) -> String {
    let scope = parameters.json("scope")?["type"]?.asString ?? "default"
    return scope + "/" + (parameters.text("language_code") ?? "")
  }

  private mutating func setMyCommands(
    _ parameters: Parameters, _ index: Int
  ) throws(Refusal) -> JSON {
    guard case .array(let list)? = parameters.json("commands") else {
      throw .badRequest("can't parse commands JSON object")
    }
    guard list.count <= 100 else { throw .badRequest("BOT_COMMANDS_TOO_MUCH") }
    for command in list {
      let name = command["command"]?.asString ?? ""
      let isGood = name.unicodeScalars.allSatisfy {
        ("a"..."z").contains($0) || ("0"..."9").contains($0) || $0 == "_"
      }
      guard (1...32).contains(name.utf16.count), isGood else {
        complain("a bad command name '\(name)'", call: index)
        throw .badRequest("BOT_COMMAND_INVALID")
      }
      guard (1...256).contains(command["description"]?.asString?.utf16.count ?? 0) else {
        complain("a bad description of '/\(name)'", call: index)
        throw .badRequest("BOT_COMMAND_DESCRIPTION_INVALID")
      }
    }
    commands[scope(of: parameters)] = .array(list)
    return true
  }

  private mutating func limited(
    _ parameters: Parameters, _ name: String, to limit: Int, _ index: Int
  ) throws(Refusal) -> String? {
    let text = parameters.text(name) ?? ""
    guard text.utf16.count <= limit else {
      complain("'\(name)' is longer than \(limit)", call: index)
      throw .badRequest("\(name) is too long")
    }
    return text.isEmpty ? nil : text
  }

  // MARK: Chats

  private func chat(_ parameters: Parameters) throws(Refusal) -> Chat {
    guard let name = parameters.text("chat_id"), !name.isEmpty else {
      throw .badRequest("chat_id is empty")
    }
    guard let id = Int64(name), let chat = chats[id] else { throw .badRequest("chat not found") }
    if let target = chat.migratedTo {
      throw Refusal(
        400, "Bad Request: group chat was upgraded to a supergroup chat", migrateTo: target)
    }
    if chat.hasBlockedBot {
      throw Refusal(
        403,
        chat.type == "private"
          ? "Forbidden: bot was blocked by the user"
          : "Forbidden: bot was kicked from the \(chat.type) chat")
    }
    return chat
  }

  /// The chat to send to; counts for the flood model.
  private mutating func target(
    _ parameters: Parameters, isEdit: Bool, time: Double
  ) throws(Refusal) -> Chat {
    let chat = try chat(parameters)
    guard let flood = options.flood else { return chat }
    var known = chat
    defer { chats[chat.id] = known }
    if time < known.floodEnd {
      throw .tooManyRequests(retryAfter: Int((known.floodEnd - time).rounded(.up)))
    }
    known.activity.removeAll { $0 < time - 60 }
    let isTooSoon = isEdit && known.lastEdit.map { time - $0 < flood.secondsBetweenEdits } ?? false
    let isTooMuch = known.type != "private" && known.activity.count >= flood.perMinuteInGroups
    if isTooSoon || isTooMuch {
      known.floodEnd = time + Double(flood.retryAfter)
      throw .tooManyRequests(retryAfter: flood.retryAfter)
    }
    known.activity.append(time)
    if isEdit { known.lastEdit = time }
    return known
  }

  private func reply(_ parameters: Parameters, in chat: Chat) throws(Refusal) -> Int? {
    guard let text = parameters.text("reply_parameters") else { return nil }
    guard let json = JSON(text: text), let id = json["message_id"]?.asInteger else {
      throw .badRequest("can't parse reply parameters JSON object")
    }
    if message(id, in: chat.id) != nil { return Int(id) }
    guard json["allow_sending_without_reply"]?.asBool == true else {
      throw .badRequest("message to be replied not found")
    }
    return nil
  }

  // MARK: Sending

  private mutating func sendMessage(
    _ parameters: Parameters, _ index: Int, time: Double
  ) throws(Refusal) -> JSON {
    let chat = try target(parameters, isEdit: false, time: time)
    let text = try messageText(parameters, index)
    let reply = try reply(parameters, in: chat)
    let markup = try markup(parameters, index, inlineOnly: false)
    return sent(to: chat, index) { message in
      message.text = text
      message.replyTo = reply
      message.markup = markup
    }
  }

  /// Adds a message of the bot's.
  private mutating func sent(
    to chat: Chat, _ index: Int, _ fill: (inout FakeBotAPI.Message) -> Void
  ) -> JSON {
    let message = add(to: chat.id, from: botID) { message in
      fill(&message)
      message.call = index
    }
    calls[index].messages.append(message.id)
    return json(message)
  }

  private mutating func messageText(
    _ parameters: Parameters, _ index: Int
  ) throws(Refusal) -> String {
    let text = parameters.text("text") ?? ""
    if text.allSatisfy({ $0.isWhitespace }) {
      complain("an empty text", call: index)
      throw .badRequest("message text is empty")
    }
    if text.utf16.count > 4096 {
      complain("a text of \(text.utf16.count) units", call: index)
      throw .badRequest("message is too long")
    }
    return text
  }

  private mutating func caption(
    _ text: String?, _ index: Int
  ) throws(Refusal) -> String? {
    guard let text, !text.isEmpty else { return nil }
    if text.utf16.count > 1024 {
      complain("a caption of \(text.utf16.count) units", call: index)
      throw .badRequest("message caption is too long")
    }
    return text
  }

  /// The upload or known file that a parameter names.
  private func file(
    _ value: String?, _ name: String, _ parameters: Parameters
  ) throws(Refusal) -> FakeBotAPI.StoredFile {
    if let upload = parameters.uploads[name] { return upload }
    guard let value, !value.isEmpty else {
      throw .badRequest("there is no \(name) in the request")
    }
    let attached = "attach://"
    if value.hasPrefix(attached) {
      guard let upload = parameters.uploads[String(value.dropFirst(attached.count))] else {
        throw .badRequest("can't find file part in the request")
      }
      return upload
    }
    if options.isLocal, value.hasPrefix("file:///"), let url = URL(string: value),
      let size = try? url.resourceValues(forKeys: [.fileSizeKey]).fileSize
    {
      return FakeBotAPI.StoredFile(
        id: "", uniqueID: "", name: url.lastPathComponent, size: size, hash: 0, path: url.path)
    }
    guard let file = files[value] else {
      throw .badRequest("wrong file identifier/HTTP URL specified")
    }
    return file
  }

  /// Takes an uploaded file in, unless it is known already.
  private mutating func keep(
    _ file: FakeBotAPI.StoredFile
  ) throws(Refusal) -> FakeBotAPI.StoredFile {
    if file.size > largestUpload { throw Refusal(413, "Request Entity Too Large") }
    if file.size == 0 { throw .badRequest("file must be non-empty") }
    return file.id.isEmpty ? register(file) : file
  }

  private mutating func sendDocument(
    _ parameters: Parameters, _ index: Int, time: Double
  ) throws(Refusal) -> JSON {
    let given = try file(parameters.text("document"), "document", parameters)
    if given.size > largestUpload { throw Refusal(413, "Request Entity Too Large") }
    let chat = try target(parameters, isEdit: false, time: time)
    let caption = try caption(parameters.text("caption"), index)
    let reply = try reply(parameters, in: chat)
    let markup = try markup(parameters, index, inlineOnly: false)
    if let thumbnail = parameters.uploads["thumbnail"] { checkThumbnail(thumbnail, index) }
    let file = try keep(given)
    return sent(to: chat, index) { message in
      message.attachment = FakeBotAPI.Attachment(kind: "document", file: file)
      message.caption = caption
      message.replyTo = reply
      message.markup = markup
    }
  }

  private mutating func checkThumbnail(_ file: FakeBotAPI.StoredFile, _ index: Int) {
    guard file.size < 200_000, let size = PictureSize(of: file.path), size.isJPEG,
      size.width <= 320, size.height <= 320
    else { return complain("a thumbnail that is no JPEG of 320 pixels and 200 kB", call: index) }
  }

  private func photoSize(_ file: FakeBotAPI.StoredFile) throws(Refusal) -> PictureSize {
    if file.size > 10 << 20 {
      throw .badRequest(
        "file of size \(file.size) bytes is too big for a photo; the maximum size is 10485760 bytes"
      )
    }
    guard let size = PictureSize(of: file.path) else { throw .badRequest("IMAGE_PROCESS_FAILED") }
    let (long, short) = (max(size.width, size.height), min(size.width, size.height))
    if size.width + size.height > 10_000 || short == 0 || long > short * 20 {
      throw .badRequest("PHOTO_INVALID_DIMENSIONS")
    }
    return size
  }

  private mutating func photo(
    _ given: FakeBotAPI.StoredFile
  ) throws(Refusal) -> FakeBotAPI.Attachment {
    let size = try photoSize(given)
    let file = try keep(given)
    return FakeBotAPI.Attachment(
      kind: "photo", file: file, width: size.width, height: size.height,
      sizes: [.init(file: file, width: size.width, height: size.height)])
  }

  private mutating func sendPhoto(
    _ parameters: Parameters, _ index: Int, time: Double
  ) throws(Refusal) -> JSON {
    let given = try file(parameters.text("photo"), "photo", parameters)
    let chat = try target(parameters, isEdit: false, time: time)
    let caption = try caption(parameters.text("caption"), index)
    let reply = try reply(parameters, in: chat)
    let markup = try markup(parameters, index, inlineOnly: false)
    let attachment = try photo(given)
    return sent(to: chat, index) { message in
      message.attachment = attachment
      message.caption = caption
      message.replyTo = reply
      message.markup = markup
    }
  }

  private mutating func sendMediaGroup(
    _ parameters: Parameters, _ index: Int, time: Double
  ) throws(Refusal) -> JSON {
    guard case .array(let media)? = parameters.json("media") else {
      throw .badRequest("can't parse media JSON object")
    }
    guard (2...10).contains(media.count) else {
      complain("a media group of \(media.count)", call: index)
      throw .badRequest("there must be from 2 to 10 items in the media group")
    }
    let chat = try target(parameters, isEdit: false, time: time)
    let reply = try reply(parameters, in: chat)
    let kinds = Set(media.map { $0["type"]?.asString ?? "" })
    guard kinds.isSubset(of: ["photo", "document"]) else {
      throw .badRequest("can't parse InputMedia: type is unsupported")
    }
    guard kinds.count == 1 else {
      complain("documents and photos in one media group", call: index)
      throw .badRequest("documents can't be mixed with other media types")
    }
    var items: [(FakeBotAPI.Attachment, String?)] = []
    for item in media {
      let given = try file(item["media"]?.asString, "media", parameters)
      let caption = try caption(item["caption"]?.asString, index)
      if item["type"]?.asString == "photo" {
        items.append((try photo(given), caption))
      } else {
        items.append((FakeBotAPI.Attachment(kind: "document", file: try keep(given)), caption))
      }
    }
    albumCount += 1
    let album = "\(13_840_000_000_000 + albumCount)"
    let messages = items.map { attachment, caption in
      sent(to: chat, index) { message in
        message.attachment = attachment
        message.caption = caption
        message.albumID = album
        message.replyTo = reply
      }
    }
    return .array(messages)
  }

  private mutating func sendChatAction(
    _ parameters: Parameters, _ index: Int
  ) throws(Refusal) -> JSON {
    let actions: Set = [
      "typing", "upload_photo", "record_video", "upload_video", "record_voice", "upload_voice",
      "upload_document", "choose_sticker", "find_location", "record_video_note",
      "upload_video_note",
    ]
    guard actions.contains(parameters.text("action") ?? "") else {
      complain("an unknown action", call: index)
      throw .badRequest("wrong parameter action in request")
    }
    _ = try chat(parameters)
    return true
  }

  // MARK: Editing

  private mutating func editable(
    _ parameters: Parameters, time: Double
  ) throws(Refusal) -> FakeBotAPI.Message {
    let chat = try target(parameters, isEdit: true, time: time)
    guard let id = parameters.integer("message_id") else {
      throw .badRequest("message identifier is not specified")
    }
    guard let message = message(id, in: chat.id) else {
      throw .badRequest("message to edit not found")
    }
    guard message.isFromBot, message.markup == nil || message.markup?["inline_keyboard"] != nil
    else { throw .badRequest("message can't be edited") }
    return message
  }

  private mutating func edited(
    _ new: FakeBotAPI.Message, from old: FakeBotAPI.Message
  ) throws(Refusal) -> JSON {
    guard new.text != old.text || new.caption != old.caption || new.markup != old.markup else {
      throw .badRequest(
        "message is not modified: specified new message content and reply markup are exactly the "
          + "same as a current content and reply markup of the message")
    }
    var new = new
    if new.text != old.text || new.caption != old.caption {
      if let earlier = old.text ?? old.caption { new.earlierTexts.append(earlier) }
    }
    new.extra["edit_date"] = .integer(Int64(Date().timeIntervalSince1970))
    replace(new)
    return json(new)
  }

  private mutating func editMessageText(
    _ parameters: Parameters, _ index: Int, time: Double
  ) throws(Refusal) -> JSON {
    let text = try messageText(parameters, index)
    let old = try editable(parameters, time: time)
    guard old.text != nil else { throw .badRequest("there is no text in the message to edit") }
    var new = old
    new.text = text
    new.markup = try markup(parameters, index, inlineOnly: true)
    return try edited(new, from: old)
  }

  private mutating func editMessageCaption(
    _ parameters: Parameters, _ index: Int, time: Double
  ) throws(Refusal) -> JSON {
    let text = try caption(parameters.text("caption"), index)
    let old = try editable(parameters, time: time)
    guard old.attachment != nil else {
      throw .badRequest("there is no caption in the message to edit")
    }
    var new = old
    new.caption = text
    new.markup = try markup(parameters, index, inlineOnly: true)
    return try edited(new, from: old)
  }

  private mutating func editMessageReplyMarkup(
    _ parameters: Parameters, _ index: Int, time: Double
  ) throws(Refusal) -> JSON {
    let old = try editable(parameters, time: time)
    var new = old
    new.markup = try markup(parameters, index, inlineOnly: true)
    return try edited(new, from: old)
  }

  private mutating func deleteMessage(_ parameters: Parameters) throws(Refusal) -> JSON {
    let chat = try chat(parameters)
    guard var message = message(parameters.integer("message_id"), in: chat.id) else {
      throw .badRequest("message to delete not found")
    }
    guard message.isFromBot || chat.type == "private" else {
      throw .badRequest("message can't be deleted")
    }
    message.isDeleted = true
    replace(message)
    return true
  }

  private mutating func answerCallbackQuery(
    _ parameters: Parameters, _ index: Int
  ) throws(Refusal) -> JSON {
    if (parameters.text("text") ?? "").utf16.count > 200 {
      complain("an answer of more than 200 characters", call: index)
      throw .badRequest("MESSAGE_TOO_LONG")
    }
    let id = parameters.text("callback_query_id") ?? ""
    guard let callback = callbacks[id], !callback.isExpired else {
      throw .badRequest(
        "query is too old and response timeout expired or query ID is invalid")
    }
    callbacks[id]?.answers.append(calls[index])
    return true
  }
}
