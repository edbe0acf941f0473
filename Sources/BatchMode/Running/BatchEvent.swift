package import Upscale

/// What a run tells as it goes.
package enum BatchEvent: Sendable {
  /// What there is to do.
  case started(BatchProgress)
  /// What became of a file: done, failed, or no work.
  case finished(JournalEntry, warnings: [String])
  /// Done before, by this or another run; `damage` says what was wrong with a picture that was not
  /// whole.
  case upToDate(input: BytePath, output: BytePath, damage: String?)
  /// Something that people should know, a sentence.
  case note(String)
}
