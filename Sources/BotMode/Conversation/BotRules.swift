/// Whom the bot serves, and what is too much.
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
