/// The figures at the head of the page.
struct ReportSummary {
  private(set) var done = 0
  /// Done, of inputs that were not whole.
  private(set) var damaged = 0
  private(set) var failed = 0
  private(set) var skipped = 0
  /// Pixels of the results.
  private(set) var pixels = 0
  /// nil where the time is too short, or there are too few results, for a rate.
  let picturesPerMinute: Double?

  var total: Int { done + damaged + failed + skipped }

  init(_ report: BatchReport) {
    for row in report.rows {
      switch ReportStatus(row.entry.outcome) {
      case .done: done += 1
      case .damaged: damaged += 1
      case .failed: failed += 1
      case .skipped: skipped += 1
      }
      if let output = row.entry.written { pixels += output.width * output.height }
    }
    let rate = Double(done + damaged) * 60 / report.seconds
    picturesPerMinute = done + damaged > 0 && rate.isFinite && rate > 0 ? rate : nil
  }

  func count(_ status: ReportStatus) -> Int {
    switch status {
    case .done: done
    case .damaged: damaged
    case .failed: failed
    case .skipped: skipped
    }
  }
}
