import Upscale

/// What will be sent.
struct FinishedPicture: Codable, Equatable, Sendable {
  /// Name of the file in the folder of work.
  var file: String
  var format: String
  var width: Int
  var height: Int
  var inputWidth: Int
  var inputHeight: Int
  var bytes: Int
  /// What had to be done so that it can be sent.
  var concessions: [Concession]
  var seconds: Double
  /// What of the picture its file does not hold; nil for a whole one.
  var damage: PictureDamage?
}
