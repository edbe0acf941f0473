import Upscale

/// One accepted picture, from the message that brought it to the message that answers it.
struct Job: Codable, Equatable, Sendable {
  var chat: Int64
  var user: Int64
  /// The message that brought the picture, to which the answer replies.
  var message: Int64
  var isGroup = false
  var language: Language
  /// The card that shows its progress.
  var card: Int64
  var source: PictureOffer
  var wish: Wish
  /// In seconds since 1970.
  var accepted: Double
  var stage = Stage.waiting
  /// How often computing it was begun.
  var attempts = 0
  /// How often a worker has died or hung on it.
  var crashes = 0
  /// Sendings whose answers were lost: the result may have arrived.
  var lostAnswers = 0
  /// The most bytes that the result may have, where the server has refused a file within its stated limit.
  var byteLimit: Int?

  /// A rough guess of the millions of pixels of a picture whose message does not state its size.
  var guessedMegapixels: Double?

  /// Millions of pixels of the input, where they are known or can be guessed.
  var megapixels: Double {
    if let width = source.width, let height = source.height {
      return Double(width) * Double(height) / 1e6
    }
    return guessedMegapixels ?? source.guessedMegapixels
  }

  /// The damage of the input, once it is known.
  var damage: PictureDamage? {
    switch stage {
    case .waiting: nil
    case .rendered(let picture): picture.damage
    case .finished(let picture): picture.damage
    }
  }

  /// Whether `megapixels` are guessed.
  var isGuess: Bool { source.width == nil || source.height == nil }

  /// About how many seconds it takes to make a result small enough to send.
  var fittingSeconds: Double { 2 + 0.2 * megapixels * Double(wish.scale * wish.scale) }
}
