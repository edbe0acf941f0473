package import Upscale

/// A file that is written after each successful poll. If it is old, the bot receives no messages, even if
/// its process is running.
package enum Health {
  /// Seconds after which the file counts as old: a poll waits for 50, and may fail once.
  package static let limit = 150.0

  /// Writes it.
  static func write(_ path: String, _ text: String) throws(UpscaleError) {
    try OutputFile.write(Array(text.utf8), to: path)
  }

  /// - Parameter path: of the file.
  /// - Throws: `.network` if the file is missing or old.
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
