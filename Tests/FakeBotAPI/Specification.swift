/// The parameters that methods have, after the documentation of Bot API 9.2 to 10.3.
enum Specification {
  enum Kind {
    case integer
    case number
    case boolean
    case text
    /// A number, or the @name of a public chat.
    case chat
    case object
    case array
    /// An upload, an identifier of a file or an address.
    case file
  }

  struct Method {
    var name: String
    var required: [String]
    var optional: [String]
  }

  static let methods: [String: Method] = {
    let list = [
      Method(name: "getMe", required: [], optional: []),
      Method(name: "logOut", required: [], optional: []),
      Method(name: "close", required: [], optional: []),
      Method(
        name: "getUpdates", required: [],
        optional: ["offset", "limit", "timeout", "allowed_updates"]),
      Method(
        name: "setWebhook", required: ["url"],
        optional: [
          "certificate", "ip_address", "max_connections", "allowed_updates",
          "drop_pending_updates", "secret_token",
        ]),
      Method(name: "deleteWebhook", required: [], optional: ["drop_pending_updates"]),
      Method(name: "getWebhookInfo", required: [], optional: []),
      Method(name: "getFile", required: ["file_id"], optional: []),
      Method(name: "getChat", required: ["chat_id"], optional: []),
      Method(
        name: "sendMessage", required: ["chat_id", "text"],
        optional: sending + ["parse_mode", "entities", "link_preview_options"]),
      Method(
        name: "sendDocument", required: ["chat_id", "document"],
        optional: sending + [
          "thumbnail", "caption", "parse_mode", "caption_entities",
          "disable_content_type_detection",
        ]),
      Method(
        name: "sendPhoto", required: ["chat_id", "photo"],
        optional: sending + [
          "caption", "parse_mode", "caption_entities", "show_caption_above_media", "has_spoiler",
        ]),
      Method(
        name: "sendMediaGroup", required: ["chat_id", "media"],
        optional: sending.filter { $0 != "reply_markup" && $0 != "suggested_post_parameters" }),
      Method(
        name: "sendChatAction", required: ["chat_id", "action"],
        optional: ["business_connection_id", "message_thread_id"]),
      Method(
        name: "editMessageText", required: ["text"],
        optional: editing + ["parse_mode", "entities", "link_preview_options"]),
      Method(
        name: "editMessageCaption", required: [],
        optional: editing + [
          "caption", "parse_mode", "caption_entities", "show_caption_above_media",
        ]),
      Method(name: "editMessageReplyMarkup", required: [], optional: editing),
      Method(name: "deleteMessage", required: ["chat_id", "message_id"], optional: []),
      Method(
        name: "answerCallbackQuery", required: ["callback_query_id"],
        optional: ["text", "show_alert", "url", "cache_time"]),
      Method(
        name: "setMyCommands", required: ["commands"], optional: ["scope", "language_code"]),
      Method(name: "deleteMyCommands", required: [], optional: ["scope", "language_code"]),
      Method(name: "getMyCommands", required: [], optional: ["scope", "language_code"]),
      Method(name: "setMyDescription", required: [], optional: ["description", "language_code"]),
      Method(
        name: "setMyShortDescription", required: [],
        optional: ["short_description", "language_code"]),
    ]
    return Dictionary(uniqueKeysWithValues: list.map { ($0.name.lowercased(), $0) })
  }()

  private static let sending = [
    "business_connection_id", "message_thread_id", "direct_messages_topic_id",
    "disable_notification", "protect_content", "allow_paid_broadcast", "message_effect_id",
    "suggested_post_parameters", "reply_parameters", "reply_markup",
  ]
  private static let editing = [
    "business_connection_id", "chat_id", "message_id", "inline_message_id", "reply_markup",
  ]

  private static let kinds: [String: Kind] = [
    "offset": .integer, "limit": .integer, "timeout": .integer, "allowed_updates": .array,
    "max_connections": .integer, "drop_pending_updates": .boolean, "certificate": .file,
    "chat_id": .chat, "message_id": .integer, "message_thread_id": .integer,
    "direct_messages_topic_id": .integer, "disable_notification": .boolean,
    "protect_content": .boolean, "allow_paid_broadcast": .boolean,
    "suggested_post_parameters": .object, "reply_parameters": .object, "reply_markup": .object,
    "entities": .array, "caption_entities": .array, "link_preview_options": .object,
    "document": .file, "photo": .file, "thumbnail": .file,
    "disable_content_type_detection": .boolean, "show_caption_above_media": .boolean,
    "has_spoiler": .boolean, "media": .array, "show_alert": .boolean, "cache_time": .integer,
    "commands": .array, "scope": .object,
  ]

  /// What is wrong with the parameters of a call.
  static func violations(of method: Method, in parameters: Parameters) -> [String] {
    var found: [String] = []
    let known = Set(method.required + method.optional)
    for name in method.required where parameters.fields[name] == nil {
      if parameters.uploads[name] == nil { found.append("parameter '\(name)' is missing") }
    }
    for (name, value) in parameters.fields.sorted(by: { $0.key < $1.key }) {
      guard known.contains(name) else {
        found.append("unknown parameter '\(name)'")
        continue
      }
      if let wrong = complaint(about: value, kind: kinds[name] ?? .text) {
        found.append("parameter '\(name)' \(wrong)")
      }
    }
    for name in parameters.uploads.keys.sorted() where kinds[name] != .file {
      // The files of a media group have names of their own.
      guard method.name == "sendMediaGroup" || isAttached(name, in: parameters) else {
        found.append("unknown upload '\(name)'")
        continue
      }
    }
    return found
  }

  private static func isAttached(_ name: String, in parameters: Parameters) -> Bool {
    parameters.fields.values.contains("attach://\(name)")
  }

  private static func complaint(about value: String, kind: Kind) -> String? {
    switch kind {
    case .text, .file: return nil
    case .integer: return Int64(value) == nil ? "is no integer: '\(value)'" : nil
    case .number: return Double(value) == nil ? "is no number: '\(value)'" : nil
    case .boolean:
      return ["true", "false", "1", "0"].contains(value.lowercased())
        ? nil : "is no boolean: '\(value)'"
    case .chat:
      return Int64(value) == nil && !value.hasPrefix("@") ? "is no chat: '\(value)'" : nil
    case .object:
      if case .object? = FakeBotAPI.JSON(text: value) { return nil }
      return "is no JSON object: '\(value.prefix(80))'"
    case .array:
      if case .array? = FakeBotAPI.JSON(text: value) { return nil }
      return "is no JSON array: '\(value.prefix(80))'"
    }
  }
}
