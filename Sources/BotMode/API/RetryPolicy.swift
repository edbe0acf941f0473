import Upscale

/// Decides what to do after a failed call. It is pure: random numbers are passed in, and nothing waits.
///
/// One value is used for one call from its first attempt to its last; polling uses one all the time.
struct RetryPolicy: Sendable {
  /// What is called.
  enum Call: Sendable {
    /// getUpdates: goes on for ever.
    case polling
    /// getMe and the like, before the bot works: a few attempts.
    case startup
    /// Calls that may be made twice (getFile, a download, an important edit): a few attempts.
    case idempotent
    /// A message or a document: once more at most when it may have arrived already.
    case send
    /// Calls that are not needed (progress, "is sending a file…"): no second attempt.
    case cosmetic
  }

  enum Verdict: Sendable, Hashable {
    case retry(after: Double)
    case giveUp
    /// The bot cannot go on.
    case fatal(UpscaleError)
  }

  let call: Call
  /// Consecutive failures that may be temporary.
  private(set) var failures = 0
  /// How many times in a row the server asked to wait.
  private(set) var waits = 0
  /// Attempts that may have taken effect.
  private(set) var ambiguities = 0
  private(set) var conflicts = 0
  private var successes = 0

  /// Waits after a conflict, in seconds. An instance that is ending may hold its poll for 50 s more; a
  /// conflict after all these waits is with another running instance.
  static let conflictDelays: [Double] = [5, 10, 15, 30]
  static let mostAttempts = 6
  static let mostWaits = 10
  static let firstDelay = 1.0
  static let longestDelay = 30.0
  /// A lower bound on delays, whatever the random number is.
  static let shortestDelay = 0.2

  init(_ call: Call) { self.call = call }

  /// - Parameters:
  ///   - error: of the attempt that just failed.
  ///   - random: from 0 up to 1.
  /// - Returns: what to do now.
  mutating func verdict(after error: BotAPIError, random: Double) -> Verdict {
    successes = 0
    switch error {
    case .interrupted, .local, .tooLarge:
      return .giveUp
    case .refused(let code, _, let seconds, _):
      if code == 401 || (code == 404 && (call == .startup || call == .polling)) {
        return .fatal(Self.unauthorised)
      }
      if code == 409, call == .polling { return conflict(error) }
      if call == .cosmetic { return .giveUp }
      if code == 429 { return patience(seconds, random) }
      guard error.isTransient || call == .polling else { return .giveUp }
      if error.isFileUnavailable, failures > 0 { return .giveUp }
    case .network, .garbled:
      if call == .cosmetic { return .giveUp }
    }
    if call == .send, error.mayHaveTakenEffect {
      ambiguities += 1
      if ambiguities > 1 { return .giveUp }
    }
    failures += 1
    guard call == .polling || failures < Self.mostAttempts else { return .giveUp }
    return .retry(after: Self.backoff(failures, random))
  }

  /// An attempt went well.
  mutating func succeeded() {
    failures = 0
    waits = 0
    ambiguities = 0
    // Two instances that interrupt each other's polls have some successes too.
    successes += 1
    if successes >= 3 { conflicts = 0 }
  }

  /// A random delay from 0 to 1, 2, 4, … 30 s, so that calls that failed together are not repeated
  /// together.
  private static func backoff(_ failures: Int, _ random: Double) -> Double {
    let bound = firstDelay * Double(1 << min(max(0, failures - 1), 10))
    return max(shortestDelay, min(longestDelay, bound) * random)
  }

  /// Exactly as long as the server asks, and a little more.
  private mutating func patience(_ seconds: Int?, _ random: Double) -> Verdict {
    waits += 1
    guard call == .polling || waits < Self.mostWaits else { return .giveUp }
    guard let seconds, seconds > 0 else {
      return .retry(after: max(1, Self.backoff(waits + 1, random)))
    }
    return .retry(after: Double(seconds) + 0.1 + 0.4 * random)
  }

  private mutating func conflict(_ error: BotAPIError) -> Verdict {
    guard conflicts < Self.conflictDelays.count else {
      return .fatal(error.isWebhookActive ? Self.webhookActive : Self.anotherInstance)
    }
    conflicts += 1
    return .retry(after: Self.conflictDelays[conflicts - 1])
  }

  static let unauthorised = UpscaleError(
    .configuration,
    "Telegram does not know the bot's token (any more); @BotFather has the right one")
  static let anotherInstance = UpscaleError(
    .occupied,
    "another instance of this bot is running: Telegram gives updates to one only; stop the other"
      + " one, or make a new token with @BotFather")
  static let webhookActive = UpscaleError(
    .occupied,
    "a webhook is set for this bot, and is set again when it is removed: another program uses the"
      + " token; stop it, or make a new token with @BotFather")
}
