/// What users can type, or choose from the menu.
enum ChatCommand: String, CaseIterable, Sendable {
  case start, help, upscaleImage = "upscale_image", upscale, restart, cancel, status, settings
  case language, privacy, forget, stats

  /// In the menu, in this order; /upscale is for groups, /stats for admins.
  static let menu: [ChatCommand] = [
    .upscaleImage, .cancel, .restart, .status, .settings, .language, .help, .privacy, .forget,
  ]

  /// Reads "/restart", "/upscale@the_bot x2 anime".
  ///
  /// - Parameters:
  ///   - text: of a message, or a caption.
  ///   - name: the bot's own user name.
  /// - Returns: the command (nil for an unknown one) and the text after it; nil for a text that is no
  ///   command, or one for another bot.
  static func read(
    _ text: String, for name: String?
  ) -> (command: ChatCommand?, argument: String, isAddressed: Bool)? {
    guard text.hasPrefix("/") else { return nil }
    let word = text.dropFirst().prefix { !$0.isWhitespace }
    let argument = text.dropFirst(word.count + 1)
    let parts = word.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
    let addressee = parts.count == 2 ? parts[1].lowercased() : nil
    if let addressee, addressee != name?.lowercased() { return nil }
    return (
      ChatCommand(rawValue: parts[0].lowercased()), String(argument.prefix(1024)), addressee != nil
    )
  }
}
