/// The four kinds of rows that a report tells apart.
enum ReportStatus: String, Sendable, CaseIterable {
  case done
  /// It was done, and the input was not whole: the reason says what is wrong.
  case damaged
  /// There was nothing to do, or nothing that can be done: the reason says which.
  case skipped
  case failed

  init(_ outcome: JournalEntry.Outcome) {
    self =
      switch outcome {
      case .done(let output): output.damage == nil ? .done : .damaged
      case .skipped: .skipped
      case .failed: .failed
      }
  }

  /// The order in which the page offers them: what needs attention comes first.
  var order: Int {
    switch self {
    case .failed: 0
    case .damaged: 1
    case .done: 2
    case .skipped: 3
    }
  }

  var name: HTML {
    switch self {
    case .done: "Done"
    case .damaged: "Not whole"
    case .skipped: "Skipped"
    case .failed: "Failed"
    }
  }
}
