import Upscale

/// A result that is ready to be sent.
struct FinishedPicture: Codable, Equatable, Sendable {
  /// Name of the file in the folder of work.
  var file: String
  var format: String
  var width: Int
  var height: Int
  var inputWidth: Int
  var inputHeight: Int
  var bytes: Int
  /// How it differs from the wish, so that it can be sent.
  var concessions: [Concession]
  var seconds: Double
  /// The damage of the input; nil where it was whole.
  var damage: PictureDamage?
}
