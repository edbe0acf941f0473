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
