/// The methods that transfer no file.
extension BotAPI {
  func getMe() throws(BotAPIError) -> User {
    try call("getMe", isRepeatable: true)
  }

  /// Ends a webhook. Waiting updates are kept.
  func deleteWebhook() throws(BotAPIError) {
    let _: Ignored = try call("deleteWebhook", isRepeatable: true)
  }

  func getFile(_ id: String) throws(BotAPIError) -> File {
    try call("getFile", ["file_id": id], isRepeatable: true)
  }

  /// - Parameters:
  ///   - chat: where.
  ///   - text: plain, at most 4096 UTF-16 units.
  ///   - replyTo: the message that this one answers; when it is gone, the text is sent all the same.
  ///   - markup: buttons.
  /// - Returns: the identifier of the new message.
  /// - Throws: `.refused`, `.network`, `.garbled`, `.interrupted`.
  func sendMessage(
    chat: Int64, text: String, replyTo: Int64? = nil, markup: Markup? = nil
  ) throws(BotAPIError) -> Int64 {
    let sent: SentMessage = try call(
      "sendMessage",
      [
        "chat_id": "\(chat)", "text": text, "reply_parameters": Self.replyParameters(replyTo),
        "reply_markup": markup?.json,
      ], isRepeatable: false)
    return sent.id
  }

  /// Replaces a message's text and buttons; without `markup`, inline buttons are removed.
  func editMessageText(
    chat: Int64, message: Int64, text: String, markup: Markup? = nil
  ) throws(BotAPIError) {
    let _: Ignored = try call(
      "editMessageText",
      [
        "chat_id": "\(chat)", "message_id": "\(message)", "text": text,
        "reply_markup": markup?.json,
      ], isRepeatable: true)
  }

  func deleteMessage(chat: Int64, message: Int64) throws(BotAPIError) {
    let _: Ignored = try call(
      "deleteMessage", ["chat_id": "\(chat)", "message_id": "\(message)"], isRepeatable: true)
  }

  /// - Parameters:
  ///   - id: of the query.
  ///   - text: at most 200 characters; nil only ends the button's waiting state.
  ///   - showAlert: whether the text is shown in a window.
  /// - Throws: `.refused` (see `isQueryTooOld`), `.network`, `.garbled`, `.interrupted`.
  func answerCallbackQuery(
    id: String, text: String? = nil, showAlert: Bool = false
  ) throws(BotAPIError) {
    let _: Ignored = try call(
      "answerCallbackQuery",
      ["callback_query_id": id, "text": text, "show_alert": showAlert ? "true" : nil],
      isRepeatable: true)
  }

  /// Shows what the bot is doing ("upload_document" and the like) for five seconds at most.
  func sendChatAction(chat: Int64, action: String) throws(BotAPIError) {
    let _: Ignored = try call(
      "sendChatAction", ["chat_id": "\(chat)", "action": action], isRepeatable: true)
  }

  /// Sets the menu of commands for users whose app is set to `language`; nil: for all others.
  func setMyCommands(
    _ commands: [(name: String, description: String)], language: String? = nil
  ) throws(BotAPIError) {
    let list = commands.map { ["command": $0.name, "description": $0.description] }
    let _: Ignored = try call(
      "setMyCommands", ["commands": jsonText(list), "language_code": language],
      isRepeatable: true)
  }

  /// Sets the text that an empty chat shows, at most 512 characters.
  func setMyDescription(_ text: String, language: String? = nil) throws(BotAPIError) {
    let _: Ignored = try call(
      "setMyDescription", ["description": text, "language_code": language], isRepeatable: true)
  }

  /// Sets the text that the bot's profile shows, at most 120 characters.
  func setMyShortDescription(_ text: String, language: String? = nil) throws(BotAPIError) {
    let _: Ignored = try call(
      "setMyShortDescription", ["short_description": text, "language_code": language],
      isRepeatable: true)
  }

  static func replyParameters(_ message: Int64?) -> String? {
    message.map { #"{"message_id":\#($0),"allow_sending_without_reply":true}"# }
  }
}
