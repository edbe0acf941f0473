import Upscale

/// What will be sent.
struct FinishedPicture: Codable, Equatable, Sendable {
  var file: EncodedFile
  var inputWidth: Int
  var inputHeight: Int
  /// What had to be done so that it can be sent.
  var concessions: [Concession]
  var seconds: Double
  /// What of the picture its file does not hold; nil for a whole one.
  var damage: PictureDamage?
}
