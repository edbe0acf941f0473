import Upscale

/// What to do after a call failed. Pure: chance comes in as a number, and nobody waits here.
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

  enum Verdict: Sendable, Equatable {
    case retry(after: Double)
    case giveUp
    /// The bot cannot go on.
    case fatal(UpscaleError)
  }

  let call: Call

  init(_ call: Call) { self.call = call }

  /// - Parameters:
  ///   - error: of the attempt that just failed.
  ///   - random: from 0 up to 1.
  /// - Returns: what to do now.
  mutating func verdict(after error: BotAPIError, random: Double) -> Verdict { .giveUp }

  /// An attempt went well.
  mutating func succeeded() {}
}
