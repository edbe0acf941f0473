import BatchMode
import Upscale

/// Reports the progress of a batch: a live line on a terminal, plain lines in a log, events for programs.
final class BatchReporter {
  private let console: Console
  private let verbose: Bool
  private var lastLine = 0.0

  /// Seconds between progress lines where there is no terminal, and between progress events.
  private static let linePause = 30.0
  private static let eventPause = 1.0

  init(_ console: Console, verbose: Bool) {
    self.console = console
    self.verbose = verbose
  }

  func take(_ event: BatchEvent) {
    switch event {
    case .started(let progress):
      console.detail("\(progress.files) pictures to do, \(progress.pixels) pixels")
      console.event(
        "start", ["files": .integer(progress.files), "pixels": .integer(progress.pixels)])
    case .finished(let entry, let warnings): tell(entry, warnings)
    case .upToDate(let input, let output, let damage):
      if let damage { tellDamage(of: input, damage) }
      console.event(
        "file",
        [
          "status": "up_to_date", "input": .path(input), "output": .path(output),
          "damage": damage.map { .string($0) } ?? .null,
        ], isError: damage != nil)
    case .note(let sentence): console.warn(sentence)
    }
  }

  private func tell(_ entry: JournalEntry, _ warnings: [String]) {
    switch entry.outcome {
    case .done(let output):
      console.detail(
        "\(entry.input.text) -> \(entry.output.text)  \(output.width) x \(output.height), "
          + "\(byteCountText(output.bytes)), "
          + (output.isCopy ? "a copy" : "\(fixed(entry.seconds, digits: 2)) s"))
      for warning in warnings { console.detail("  \(warning)") }
      if let damage = output.damage { tellDamage(of: entry.input, damage) }
      console.event(
        "file",
        [
          "status": "done", "input": .path(entry.input), "output": .path(entry.output),
          "width": .integer(output.width), "height": .integer(output.height),
          "bytes": .integer(output.bytes), "copy": .boolean(output.isCopy),
          "warnings": .array(warnings.map { .string($0) }),
          "damage": output.damage.map { .string($0) } ?? .null,
          "seconds": .number(entry.seconds, digits: 3),
        ], isError: output.damage != nil)
    case .failed(let failure):
      console.complain("failed: \(failure.reason)")
      console.event(
        "file",
        [
          "status": "failed", "input": .path(entry.input), "exit_code": .integer(failure.code),
          "message": .string(failure.reason),
        ], isError: true)
    case .skipped(let reason):
      console.detail("skipped: '\(entry.input.text)' \(reason.text)")
      console.event(
        "file",
        ["status": "skipped", "input": .path(entry.input), "message": .string(reason.text)])
    }
  }

  private func tellDamage(of input: BytePath, _ damage: String) {
    console.complain("not whole: '\(input.text)': \(damage)")
  }

  func tick(_ progress: BatchProgress) {
    let line = {
      "\(progress.filesBehind) of \(progress.files)"
        + (progress.failed > 0 ? ", \(progress.failed) failed" : "")
        + "  \(Int(progress.fraction * 100)) %"
        + "  \(fixed(progress.picturesPerMinute, digits: progress.picturesPerMinute < 10 ? 1 : 0)) a minute"
        + (progress.remaining.map { "  \(durationText($0)) left" } ?? "")
    }
    guard !console.live(line()) else { return }
    let pause = console.isForPrograms ? Self.eventPause : Self.linePause
    guard progress.seconds - lastLine >= pause else { return }
    lastLine = progress.seconds
    console.say(line())
    console.event(
      "progress",
      [
        "fraction": .number(progress.fraction, digits: 4), "done": .integer(progress.done),
        "failed": .integer(progress.failed), "files": .integer(progress.files),
        "pictures_per_minute": .number(progress.picturesPerMinute, digits: 1),
        "remaining_seconds": progress.remaining.map { .number($0, digits: 1) } ?? .null,
      ])
  }

  /// Reports the totals.
  func finish(_ summary: BatchSummary, _ progress: BatchProgress, isDry: Bool = false) {
    console.clearProgress()
    let left = progress.files - progress.filesBehind
    console.event(
      isDry ? "plan" : "done",
      [
        "done": .integer(summary.done), "copies": .integer(summary.copies),
        "up_to_date": .integer(summary.upToDate), "elsewhere": .integer(summary.elsewhere),
        "skipped": .integer(summary.skippedCount), "failed": .integer(summary.failures.count),
        "damaged": .integer(summary.damaged.count),
        "left": .integer(left), "pixels": .integer(summary.pixels),
        "seconds": .number(summary.seconds, digits: 3),
        "peak_memory": .integer(MemoryBudget.measuredPeak()),
      ])
    var parts: [String] = []
    if !isDry {
      parts.append("\(summary.done) done")
      if summary.copies > 0 { parts[0] += " (\(summary.copies) of them copies of equal pictures)" }
    }
    if summary.upToDate > 0 { parts.append("\(summary.upToDate) done before") }
    if summary.elsewhere > 0 { parts.append("\(summary.elsewhere) done by another run") }
    parts.append("\(summary.skippedCount) skipped")
    parts.append("\(summary.failures.count) failed")
    if !summary.damaged.isEmpty { parts.append("\(summary.damaged.count) not whole") }
    if left > 0 { parts.append("\(left) left") }
    let time = isDry ? "" : ", in \(durationText(console.elapsed))"
    console.say(parts.joined(separator: ", ") + time)
    for (reason, count) in summary.skipped.sorted(by: { $0.value > $1.value }) {
      console.say("  skipped: \(reason.counted(count))")
    }
    if summary.withWarnings > 0, !verbose {
      console.say("  \(summary.withWarnings) with warnings, which --verbose and --json tell")
    }
    // Failures were reported when they happened, and may have scrolled away since.
    guard progress.files > Self.repeated else { return }
    repeated(summary.failures.map { "failed: \($0.failure.reason)" })
    repeated(summary.damaged.map { "not whole: '\($0.input.text)': \($0.reason)" })
  }

  private func repeated(_ lines: [String]) {
    for line in lines.prefix(Self.repeated) { console.say("  \(line)") }
    if lines.count > Self.repeated {
      console.say("  and \(lines.count - Self.repeated) more, in the journal of the outputs")
    }
  }

  /// The most failures, and pictures that were not whole, that are named again at the end.
  private static let repeated = 20
}

extension JSON {
  /// A path: what is not UTF-8 in it as lone surrogates, as Python's `surrogateescape` has them.
  static func path(_ path: BytePath) -> JSON { .bytes(path.bytes) }
}
