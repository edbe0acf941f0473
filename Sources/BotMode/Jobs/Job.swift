import Upscale

/// One picture on its way: from the message that brought it to the message that answers it.
struct Job: Codable, Equatable, Sendable {
  /// Where it is. What is between two of these is done again after the service was killed.
  enum Stage: Codable, Equatable, Sendable {
    /// Waits for its turn, or is fetched or computed.
    case waiting
    /// The network's picture is whole on the disk, and still too large to be sent.
    case rendered(RenderedPicture)
    /// The file to send is on the disk.
    case finished(FinishedPicture)
  }

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

/// What a result is not, because it would have been too large to send.
enum Concession: Codable, Equatable, Sendable {
  /// Another format than the one wished for; with a quality unless nothing is lost.
  case format(String, quality: Int?)
  /// Made smaller after it was computed: its factor now.
  case scale(Double)
}

/// What a user wants made of a picture.
struct Wish: Codable, Equatable, Hashable, Sendable {
  var look = Look.photo
  var scale = 4
  var format = ResultFormat.png
}

/// Which network, in words of users.
enum Look: String, Codable, CaseIterable, Sendable {
  case photo, anime, fast
}

/// The formats that results may have.
enum ResultFormat: String, Codable, CaseIterable, Sendable {
  case png, jpeg, webp
}

/// Settings of a user; kept while they differ from what everybody has at first.
struct UserRecord: Codable, Equatable, Sendable {
  /// nil for what his program says.
  var language: Language?
  var wish = Wish()
}

/// A message that tells how one or several pictures (an album) go, and is edited as they do.
struct Card: Codable, Equatable, Sendable {
  var chat: Int64
  var user: Int64
  var isGroup = false
  var language: Language
  /// The message that brought the first picture.
  var replyTo: Int64
  /// Telegram's number of the album, if it is one.
  var album: String?
  /// Not sent before: more pictures of the album may come. In seconds since 1970.
  var due: Double
  /// The card's own message, once it is sent.
  var message: Int64?
}

/// Counts since the service was set up.
struct Tally: Codable, Equatable, Sendable {
  var accepted = 0
  var delivered = 0
  var refused = 0
  var failed = 0
  var cancelled = 0
  var crashes = 0
}

/// What the service remembers beside rows.
struct Memory: Codable, Equatable, Sendable {
  var tally = Tally()
  /// Seconds that one application of a look's network takes, for a megapixel of its input.
  var paces: [String: Double] = [:]
  /// Factors of the looks' networks.
  var factors: [String: Int]?
  /// Seconds a megabyte takes to be sent.
  var sendingPace: Double?
  /// The networks and the way of computing that `paces` are of.
  var pacesAreOf: String?
  /// Updates that were being handled, and how often: whoever finds some here follows a crash.
  var inHand: [Int64: Int] = [:]
  /// Where the next handled update's number goes.
  var handledCount: Int64 = 0
  /// Numbers of rows, never given twice.
  var lastID: Int64 = 0
}
