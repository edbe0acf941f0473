package import Upscale

/// What a run reports while it works.
package enum BatchEvent: Sendable {
  /// The work begins; the progress holds the totals.
  case started(BatchProgress)
  /// What became of a file: done, failed, or no work.
  case finished(JournalEntry, warnings: [String])
  /// Done before, by this or another run; `damage` says what was wrong with a picture that was not
  /// whole.
  case upToDate(input: BytePath, output: BytePath, damage: String?)
  /// A sentence for people.
  case note(String)
}
