package import Upscale

/// The totals of a run.
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
  /// Pictures with warnings.
  package var withWarnings = 0
  /// Input pixels, and seconds since the work began.
  package var pixels = 0
  package var seconds = 0.0

  package init() {}

  /// Counts what became of a file.
  mutating func note(_ entry: JournalEntry, hasWarnings: Bool = false) {
    switch entry.outcome {
    case .done(let output):
      done += 1
      pixels += entry.width * entry.height
      if output.isCopy { copies += 1 }
      if hasWarnings { withWarnings += 1 }
      note(damage: output.damage, of: entry.input)
    case .failed(let failure): failures.append((entry.input, failure))
    case .skipped(let reason): skipped[reason, default: 0] += 1
    }
  }

  mutating func note(damage: String?, of input: BytePath) {
    if let damage { damaged.append((input, damage)) }
  }

  package var skippedCount: Int { skipped.values.reduce(0, +) }
}
