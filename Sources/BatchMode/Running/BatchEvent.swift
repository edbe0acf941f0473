package import Upscale

/// What a run reports while it works.
package enum BatchEvent: Sendable {
  /// The work begins; the progress holds the totals.
  case started(BatchProgress)
  /// The entry tells what is wrong with a picture that was not whole.
  case done(JournalEntry, warnings: [String])
  case failed(input: BytePath, BatchFailure)
  case skipped(input: BytePath, reason: SkipReason)
  /// Done before, by this or another run; `damage` says what was wrong with a picture that was not
  /// whole.
  case upToDate(input: BytePath, output: BytePath, damage: String?)
  /// A sentence for people.
  case note(String)
}
