import Upscale

/// Telegram's Bot API: each method makes one attempt and returns, or says why not.
///
/// Any thread may call at any time. `RetryPolicy` says what to do after a failure.
final class BotAPI: Sendable {
  /// - Parameters:
  ///   - root: the server.
  ///   - token: whose bot.
  ///   - isLocal: whether the server is a local one, which hands out paths of this machine.
  /// - Throws: kind `.badModel` where there is no libcurl.
  init(root: APIRoot, token: BotToken, isLocal: Bool) throws(UpscaleError) {
    fatalError("to come")
  }

  func getMe() throws(BotAPIError) -> User { fatalError("to come") }

  func deleteWebhook() throws(BotAPIError) { fatalError("to come") }

  /// Waits for updates, on a connection of its own.
  ///
  /// - Parameters:
  ///   - offset: the first that has not been confirmed; everything before it is from now on.
  ///   - timeout: seconds to wait for one at most, up to 50; 0 asks and returns.
  /// - Returns: the updates in order, perhaps none.
  /// - Throws: `.interrupted` by `interruptPolling` or `interruptAll`.
  func getUpdates(offset: Int64?, timeout: Int) throws(BotAPIError) -> [Update] {
    fatalError("to come")
  }

  func getFile(_ id: String) throws(BotAPIError) -> File { fatalError("to come") }

  /// Saves a file of `getFile`; what was at `path` is replaced, and nothing stays after a failure.
  ///
  /// - Parameters:
  ///   - filePath: as `File` has it.
  ///   - path: where to.
  ///   - limit: the most bytes; a larger file ends in `.tooLarge`.
  ///   - progress: is told bytes so far and bytes in all (0 when unknown).
  ///   - isCancelled: is asked several times a second.
  /// - Returns: how many bytes.
  /// - Throws: `.tooLarge`, `.interrupted`, `.local`, ….
  @discardableResult
  func download(
    _ filePath: String, to path: String, limit: Int,
    progress: ((Int, Int) -> Void)? = nil, isCancelled: () -> Bool = { false }
  ) throws(BotAPIError) -> Int {
    fatalError("to come")
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
    fatalError("to come")
  }

  /// Text and buttons become these; without `markup`, inline buttons go away.
  func editMessageText(
    chat: Int64, message: Int64, text: String, markup: Markup? = nil
  ) throws(BotAPIError) {
    fatalError("to come")
  }

  func deleteMessage(chat: Int64, message: Int64) throws(BotAPIError) { fatalError("to come") }

  /// Sends a file, read from the disk piece by piece.
  ///
  /// - Parameters:
  ///   - chat: where.
  ///   - path: the file.
  ///   - fileName: as the user sees it; made harmless first (`UploadName`).
  ///   - mimeType: "image/png", ….
  ///   - caption: plain, at most 1024 UTF-16 units.
  ///   - replyTo: the message that this one answers.
  ///   - markup: buttons.
  ///   - progress: is told bytes so far and bytes in all.
  ///   - isCancelled: is asked several times a second.
  /// - Returns: the identifier of the new message.
  /// - Throws: as the others, `.interrupted` and `.local`.
  func sendDocument(
    chat: Int64, path: String, fileName: String, mimeType: String, caption: String? = nil,
    replyTo: Int64? = nil, markup: Markup? = nil,
    progress: ((Int, Int) -> Void)? = nil, isCancelled: () -> Bool = { false }
  ) throws(BotAPIError) -> Int64 {
    fatalError("to come")
  }

  func answerCallbackQuery(
    id: String, text: String? = nil, showAlert: Bool = false
  ) throws(BotAPIError) {
    fatalError("to come")
  }

  /// "upload_document" and the like: shown for five seconds at most.
  func sendChatAction(chat: Int64, action: String) throws(BotAPIError) { fatalError("to come") }

  /// The menu of commands, for those whose app speaks `language`; nil: for all others.
  func setMyCommands(
    _ commands: [(name: String, description: String)], language: String? = nil
  ) throws(BotAPIError) {
    fatalError("to come")
  }

  func setMyDescription(_ text: String, language: String? = nil) throws(BotAPIError) {
    fatalError("to come")
  }

  func setMyShortDescription(_ text: String, language: String? = nil) throws(BotAPIError) {
    fatalError("to come")
  }

  /// Ends the poll that is held, from any thread; further ones end at once, until `resume`.
  func interruptPolling() { fatalError("to come") }

  /// Ends every call, from any thread; further ones end at once, until `resume`.
  func interruptAll() { fatalError("to come") }

  func resume() { fatalError("to come") }
}
