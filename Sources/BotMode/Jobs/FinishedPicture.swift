import Upscale

/// A result that is ready to be sent.
struct FinishedPicture: Codable, Equatable, Sendable {
  var file: EncodedFile
  var inputWidth: Int
  var inputHeight: Int
  /// How it differs from the wish, so that it can be sent.
  var concessions: [Concession]
  var seconds: Double
  /// The damage of the input; nil where it was whole.
  var damage: PictureDamage?
}
