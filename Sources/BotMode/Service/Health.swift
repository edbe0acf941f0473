package import Upscale

/// A file that is written anew for as long as polling succeeds: whoever finds it old knows that the
/// bot does not hear its users, whatever its process does.
package enum Health {
  /// Seconds after which the file is old: a poll is held for 50, and may then fail once.
  package static let limit = 150.0

  /// Writes it.
  static func write(_ path: String, _ text: String) throws(UpscaleError) {
    try OutputFile.write(Array(text.utf8), to: path)
  }

  /// - Parameter path: of the file.
  /// - Throws: `.network` for a bot that is not well.
  package static func check(_ path: String) throws(UpscaleError) {
    guard let status = BytePath(path).status() else {
      throw UpscaleError(.network, "the bot has not heard from Telegram yet: there is no '\(path)'")
    }
    let age = BotContext.now() - Double(status.modificationTime) * 1e-9
    guard age < limit else {
      throw UpscaleError(
        .network, "the bot has not heard from Telegram for \(Int(age)) s (by '\(path)')")
    }
  }
}
