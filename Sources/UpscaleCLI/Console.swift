import ArgumentParser
import Upscale

/// Messages of the command: sentences for people or JSON lines for programs, always on standard error.
final class Console {
  private let options: TalkOptions
  private let start = ContinuousClock.now
  private let isTerminal = StandardStream.error.isTerminal
  private var lastProgress: ContinuousClock.Instant?
  private var progressIsShown = false

  init(_ options: TalkOptions) {
    self.options = options
  }

  /// Whether messages are for programs (`--json`).
  var isForPrograms: Bool { options.json }

  /// Seconds since the console was made, at the start of the command.
  var elapsed: Double { seconds(ContinuousClock.now - start) }

  /// Sets the message for a lack of memory that no code can handle.
  ///
  /// - Parameter subject: what is worked on, with which the message begins; nil for nothing in particular.
  func prepareForExhaustion(about subject: String?) {
    Self.prepareForExhaustion(about: subject, asJSON: options.json, clears: isTerminal)
  }

  /// The same, of commands without a console.
  static func prepareForExhaustion(
    about subject: String?, asJSON: Bool = false, clears: Bool = false
  ) {
    let sentence = (subject.map { "\($0): " } ?? "") + MemoryExhaustion.reason
    let line =
      asJSON
      ? JSON.object([
        "event": "error", "exit_code": .integer(Int(MemoryExhaustion.exitCode)),
        "message": .string(sentence),
      ]).text
      : (clears ? "\r\u{1B}[K" : "") + visible("upscale: \(sentence)")
    MemoryExhaustion.prepare(line: line)
  }

  /// Runs a command, and says why it was refused if it was.
  ///
  /// - Throws: the `ExitCode` of any end but a good one.
  static func serving(
    _ options: TalkOptions, _ command: (Console) throws(UpscaleError) -> Outcome
  ) throws {
    let console = Console(options)
    console.prepareForExhaustion(about: nil)
    let outcome: Outcome
    do throws(UpscaleError) {
      outcome = try command(console)
    } catch {
      throw console.refuse(error)
    }
    if outcome != .done { throw ExitCode(outcome.rawValue) }
  }

  // MARK: Messages

  /// A fact worth knowing with `--verbose`.
  func detail(_ message: @autoclosure () -> String) {
    guard options.verbose, !options.json else { return }
    clearProgress()
    write(message())
  }

  /// Something that did not stop the work.
  func warn(_ message: String) {
    guard !options.quiet else { return }
    clearProgress()
    if options.json {
      write(JSON.object(["event": "warning", "message": .string(message)]).text)
    } else {
      write("upscale: warning: \(message)")
    }
  }

  /// Warns that the memory limit is more than the machine has.
  func warnOfExcess(_ budget: MemoryBudget) {
    guard let asked = budget.excessiveLimit else { return }
    warn(
      "--max-memory asks for \(byteCountText(asked)), more than there is here now; going on with "
        + byteCountText(budget.bytes))
  }

  /// A line for people; nothing with `--json` or `--quiet`.
  func say(_ message: String) {
    guard !options.quiet, !options.json else { return }
    clearProgress()
    write(message)
  }

  /// An error that does not end the command: said to people with `--quiet`, too.
  func complain(_ message: String) {
    guard !options.json else { return }
    clearProgress()
    write("upscale: \(message)")
  }

  /// An event for programs; nothing without `--json`, and only errors with `--quiet`.
  func event(
    _ name: String, _ members: KeyValuePairs<String, JSON>, isError: Bool = false
  ) {
    guard options.json, !options.quiet || isError else { return }
    write(JSON.object(named: name, members).text)
  }

  /// Says why the command failed.
  ///
  /// - Returns: the exit code documented for it.
  func refuse(_ error: UpscaleError) -> ExitCode {
    let refusal = Refusal(error)
    return refuse(refusal.sentence, code: refusal.code)
  }

  /// Says why the command failed.
  ///
  /// - Parameters:
  ///   - sentence: why.
  ///   - code: for the process to end with.
  /// - Returns: the code.
  func refuse(_ sentence: String, code: Int32) -> ExitCode {
    clearProgress()
    if options.json {
      event(
        "error", ["exit_code": .integer(Int(code)), "message": .string(sentence)], isError: true)
    } else {
      write("upscale: \(sentence)")
    }
    return ExitCode(code)
  }

  // MARK: Progress

  /// Shows how far the work is: a line on a terminal, an event a step with `--json`.
  ///
  /// - Parameters:
  ///   - fraction: The part of the work that is done, from 0 to 1.
  ///   - start: When the work began, to tell how long the rest will take.
  func progress(_ fraction: Double, since start: ContinuousClock.Instant) {
    guard !options.quiet, options.json || isTerminal else { return }
    let now = ContinuousClock.now
    if let last = lastProgress, now - last < .milliseconds(options.json ? 500 : 100), fraction < 1 {
      return
    }
    lastProgress = now
    let spent = seconds(now - start)
    let remaining =
      fraction > 0.005 || spent > 2 && fraction > 0
      ? spent * (1 - fraction) / fraction : nil
    if options.json {
      event(
        "progress",
        [
          "fraction": .number(fraction, digits: 4),
          "remaining_seconds": remaining.map { .number($0, digits: 1) } ?? .null,
        ])
    } else {
      let percent = min(100, Int(fraction * 100))
      let rest = remaining.map { "  \(durationText($0)) left" } ?? ""
      put("\r\u{1B}[K\(percent) %\(rest)")
      progressIsShown = true
    }
  }

  /// Shows a line in place of the last one, on a terminal; at most ten a second.
  ///
  /// - Returns: False where there is no terminal to show it on.
  @discardableResult
  func live(_ text: @autoclosure () -> String) -> Bool {
    guard isTerminal, !options.quiet, !options.json else { return false }
    let now = ContinuousClock.now
    if let last = lastProgress, now - last < .milliseconds(100) { return true }
    lastProgress = now
    put("\r\u{1B}[K\(text())")
    progressIsShown = true
    return true
  }

  /// Removes the progress line, so that the next message starts at the left.
  func clearProgress() {
    guard progressIsShown else { return }
    put("\r\u{1B}[K")
    progressIsShown = false
  }

  // MARK: Output

  private func write(_ line: String) {
    put(visible(line) + "\n")
  }

  private func put(_ text: String) {
    // Nothing can be done about a standard error that fails.
    var text = text
    text.withUTF8 { bytes in
      try? OutputFile.writeAll(UnsafeRawBufferPointer(bytes), to: .error)
    }
  }

  /// Writes lines that are the result of a command to standard output.
  static func printResult(_ text: String) throws(UpscaleError) {
    try OutputFile.writeToStandardOutput(Array((visibleLines(text) + "\n").utf8))
  }

  /// Escapes characters of names that would control the terminal or start a new line.
  private static func visibleLines(_ text: String) -> String {
    text.split(separator: "\n", omittingEmptySubsequences: false).map { visible(String($0)) }
      .joined(separator: "\n")
  }
}

/// A duration in seconds.
func seconds(_ duration: Duration) -> Double {
  Double(duration.components.seconds) + Double(duration.components.attoseconds) * 1e-18
}

/// A duration as people read it: "0:42", "12:05", "1:02:30".
func durationText(_ seconds: Double) -> String {
  let total = Int(min(max(seconds, 0), 3_599_999).rounded(.up))
  let (hours, minutes, rest) = (total / 3600, total / 60 % 60, total % 60)
  func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
  return hours > 0 ? "\(hours):\(two(minutes)):\(two(rest))" : "\(minutes):\(two(rest))"
}
