package import Upscale

/// What a run tells as it goes.
package enum BatchEvent: Sendable {
  /// What there is to do.
  case started(BatchProgress)
  /// The entry tells what is wrong with a picture that was not whole.
  case done(JournalEntry, warnings: [String])
  case failed(input: BytePath, BatchFailure)
  case skipped(input: BytePath, reason: SkipReason)
  /// Done before, by this or another run; `damage` says what was wrong with a picture that was not
  /// whole.
  case upToDate(input: BytePath, output: BytePath, damage: String?)
  /// Something that people should know, a sentence.
  case note(String)
}

/// How far a run is.
package struct BatchProgress: Sendable, Equatable {
  /// Pictures to do in this run, and how many are done, failed, or done by another run meanwhile.
  package var files = 0
  package var done = 0
  package var failed = 0
  package var elsewhere = 0
  /// Input pixels of all pictures to do, and of what is behind.
  package var pixels = 0
  package var pixelsBehind = 0.0
  /// Seconds since the work began.
  package var seconds = 0.0

  package init() {}

  /// 0…1, by pixels.
  package var fraction: Double { pixels > 0 ? min(1, pixelsBehind / Double(pixels)) : 1 }
  package var filesBehind: Int { done + failed + elsewhere }
  package var picturesPerMinute: Double { seconds > 0 ? Double(filesBehind) / seconds * 60 : 0 }
  /// Seconds left, or nil when it is too early to tell.
  package var remaining: Double? {
    fraction > 0.002 && seconds > 1 ? seconds * (1 - fraction) / fraction : nil
  }
}

/// What a run came to.
package struct BatchSummary: Sendable {
  package var done = 0
  /// Of these, copies of the output of a picture of the same bytes.
  package var copies = 0
  /// Done before, with the same input and settings.
  package var upToDate = 0
  /// Done by another run meanwhile.
  package var elsewhere = 0
  package var skipped: [SkipReason: Int] = [:]
  package var failures: [(input: BytePath, failure: BatchFailure)] = []
  /// Pictures that were not whole, done now or before, and what was wrong with them.
  package var damaged: [(input: BytePath, reason: String)] = []
  /// Pictures whose warnings were told.
  package var withWarnings = 0
  /// Input pixels, and seconds since the work began.
  package var pixels = 0
  package var seconds = 0.0

  package init() {}

  mutating func note(damage: String?, of input: BytePath) {
    if let damage { damaged.append((input, damage)) }
  }

  package var skippedCount: Int { skipped.values.reduce(0, +) }
}
