import Upscale

/// One picture on its way: from the message that brought it to the message that answers it.
struct Job: Codable, Equatable, Sendable {
  var chat: Int64
  var user: Int64
  /// The message that brought the picture: what the answer is a reply to.
  var message: Int64
  var isGroup = false
  var language: Language
  /// The card that tells how it goes.
  var card: Int64
  var source: PictureOffer
  var wish: Wish
  /// In seconds since 1970.
  var accepted: Double
  var stage = Stage.waiting
  /// How often it was begun to be computed.
  var attempts = 0
  /// How often a worker has died or hung on it.
  var crashes = 0
  /// Sendings whose answers were lost: the result may have arrived.
  var lostAnswers = 0
  /// The most bytes that the result may have, where the server took fewer than it says it takes.
  var byteLimit: Int?

  /// Millions of pixels of a picture whose message does not tell them: a rough guess.
  var guessedMegapixels: Double?

  /// Millions of pixels of the input, where they are known or can be guessed.
  var megapixels: Double {
    if let width = source.width, let height = source.height {
      return Double(width) * Double(height) / 1e6
    }
    return guessedMegapixels ?? source.guessedMegapixels
  }

  /// What of the picture its file does not hold, once that is known.
  var damage: PictureDamage? {
    switch stage {
    case .waiting: nil
    case .rendered(let picture): picture.damage
    case .finished(let picture): picture.damage
    }
  }

  /// Whether `megapixels` are guessed.
  var isGuess: Bool { source.width == nil || source.height == nil }

  /// About how long it takes to bring a result below its size.
  var fittingSeconds: Double { 2 + 0.2 * megapixels * Double(wish.scale * wish.scale) }
}
