/// Whom the bot serves, and its limits.
struct BotRules: Sendable {
  /// The bot's own user name, which commands in groups are addressed to.
  var name: String?
  /// Users (and groups) that are served; nil for everybody.
  var allowed: Set<Int64>?
  var admins: Set<Int64> = []
  /// Pictures of one user that wait or are computed: an album has up to ten.
  var maxPerUser = 10
  /// Pictures of all users.
  var maxJobs = 100
  /// Bytes of a picture that can be fetched: Telegram's own limit.
  var maxFileBytes = 20 << 20
  /// Bytes of a result that can be sent.
  var maxResultBytes = 50 << 20
  /// Pixels of a picture.
  var maxPixels = 25_000_000
  /// Seconds that a picture may be expected to be computed.
  var maxSeconds: Double = 1800

  func serves(user: Int64, chat: Int64) -> Bool {
    guard let allowed else { return true }
    return allowed.contains(user) || allowed.contains(chat) || admins.contains(user)
  }
}

extension BotRules {
  /// Why a picture is refused, as far as its message shows that.
  ///
  /// - Parameters:
  ///   - job: the picture and what is to be made of it.
  ///   - seconds: what enlarging it is expected to take.
  /// - Returns: nil for a picture that is accepted.
  func complaint(about job: Job, seconds: Double) -> Unusable? {
    if let size = job.source.size, size > maxFileBytes { return .tooManyBytes(size) }
    guard let width = job.source.width, let height = job.source.height else { return nil }
    if Double(width) * Double(height) > Double(maxPixels) {
      return .tooManyPixels(width: width, height: height)
    }
    return seconds > maxSeconds ? .takesTooLong(seconds: seconds) : nil
  }

  /// Estimates the millions of pixels of a picture whose message does not state its size: from its bytes,
  /// and never more than would be accepted.
  ///
  /// - Parameters:
  ///   - source: the picture.
  ///   - pace: seconds that a megapixel takes.
  /// - Returns: a rough guess.
  func guessedMegapixels(of source: PictureOffer, secondsPerMegapixel pace: Double) -> Double {
    min(source.guessedMegapixels, Double(maxPixels) / 1e6, maxSeconds / max(pace, 1e-6))
  }
}
