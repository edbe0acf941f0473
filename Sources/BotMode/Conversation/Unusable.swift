/// Why the bot refuses something that was sent, before anything is fetched.
enum Unusable: Equatable, Sendable {
  case animatedSticker, videoSticker, animation, video, audio
  /// A document of a kind that cannot be read, by its name ("HEIC").
  case format(String)
  /// A document that is no picture.
  case noPicture
  case tooManyBytes(Int)
  case tooManyPixels(width: Int, height: Int)
  case takesTooLong(seconds: Double)
}
