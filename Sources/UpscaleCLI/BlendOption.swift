import ArgumentParser
import Upscale

/// A model whose weights are mixed into another's, and its share.
struct BlendOption {
  let model: String
  /// 0…1.
  let share: Double

  /// Reads "4x-Other:0.3".
  ///
  /// - Parameter text: the model, a colon, and its share.
  /// - Throws: `ValidationError` for anything else.
  @Sendable init(text: String) throws {
    guard let colon = text.lastIndex(of: ":"), colon != text.startIndex,
      let share = DecimalNumber.real(String(text[text.index(after: colon)...])),
      (0...1).contains(share)
    else {
      throw ValidationError(
        "it must be a model and its share, a number from 0 to 1, such as 4x-Other:0.3")
    }
    model = String(text[..<colon])
    self.share = share
  }
}
