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

  func getMe() -> JSON {
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

  mutating func getFile(
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

  func filePath(of file: FakeBotAPI.StoredFile) -> String {
    let number = file.path.split(separator: "-").last ?? "0"
    let ending = file.name.flatMap { name in
      name.contains(".") ? name.split(separator: ".").last.map { ".\($0)" } : nil
    }
    let kind = file.type?.hasPrefix("image/") == true && file.name == nil ? "photos" : "documents"
    let plain = ending.map { $0.unicodeScalars.allSatisfy { $0.isASCII } ? $0 : "" } ?? ""
    return options.usesOddFilePaths
      ? "\(kind)/a b:c+dé_\(number)\(plain)" : "\(kind)/file_\(number)\(plain)"
  }

  func getChat(_ parameters: Parameters) throws(Refusal) -> JSON {
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

  func scope(of parameters: Parameters) -> String {
    let scope = parameters.json("scope")?["type"]?.asString ?? "default"
    return scope + "/" + (parameters.text("language_code") ?? "")
  }

  mutating func setMyCommands(
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

  mutating func limited(
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

  func chat(_ parameters: Parameters) throws(Refusal) -> Chat {
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
  mutating func target(
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

  func reply(_ parameters: Parameters, in chat: Chat) throws(Refusal) -> Int? {
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
}
