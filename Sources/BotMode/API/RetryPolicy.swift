import Upscale

/// What to do after a call failed. Pure: chance comes in as a number, and nobody waits here.
///
/// One value goes with one call from its first attempt to its last, or with polling for ever.
struct RetryPolicy: Sendable {
  /// What is called.
  enum Call: Sendable {
    /// getUpdates: goes on for ever.
    case polling
    /// getMe and the like, before the bot works: a few attempts.
    case startup
    /// What may be done twice (getFile, a download, an edit that matters): a few attempts.
    case idempotent
    /// A message or a document: once more at most when it may have arrived already.
    case send
    /// What nobody misses (progress, "is sending a file…"): never again.
    case cosmetic
  }

  enum Verdict: Sendable, Hashable {
    case retry(after: Double)
    case giveUp
    /// The bot cannot go on.
    case fatal(UpscaleError)
  }

  let call: Call
  /// Failures in a row that may pass by themselves.
  private(set) var failures = 0
  /// Times in a row that the server asked for patience.
  private(set) var waits = 0
  /// Attempts that may have taken effect.
  private(set) var ambiguities = 0
  private(set) var conflicts = 0
  private var successes = 0

  /// An outgoing instance may hold its poll for 50 s more; after these waits it is another one.
  static let conflictDelays: [Double] = [5, 10, 15, 30]
  static let mostAttempts = 6
  static let mostWaits = 10
  static let firstDelay = 1.0
  static let longestDelay = 30.0
  /// So that no chance makes it spin.
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
    // Two instances that throw each other out have a success now and then, too.
    successes += 1
    if successes >= 3 { conflicts = 0 }
  }

  /// Anything from nothing to 1, 2, 4, … 30 s: many that failed together do not come back together.
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
