package import Upscale

/// The key to a bot: whoever has it is the bot. It has no text that could end in a log.
package struct BotToken: Sendable, Equatable {
  /// The bot's identifier, which is no secret.
  package let id: Int64
  let secret: String

  /// The token as requests need it.
  var literal: String { "\(id):\(secret)" }

  /// - Throws: kind `.badModel` (78) for what is no token; the text does not repeat it.
  package init(_ text: String) throws(UpscaleError) {
    throw UpscaleError(.badModel, "to come")
  }
}
