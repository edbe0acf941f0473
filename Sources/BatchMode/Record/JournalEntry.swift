package import Upscale

/// One line of the journal: the outcome of one picture.
package struct JournalEntry: Sendable, Equatable {
  package enum Outcome: Sendable, Equatable {
    case done(JournalOutput)
    case failed(BatchFailure)
    /// It was no work. Reports show it; the journal has no line of it.
    case skipped(SkipReason)
  }

  package var outcome: Outcome
  /// The input, as it was opened; empty where a `Journal` gives it, which keeps no names of inputs.
  package var input: BytePath
  /// The output, below the folder of outputs; empty where none was planned.
  package var output: BytePath
  /// Bytes of the input, and when it changed last (nanoseconds since 1970).
  package var inputBytes: Int
  package var inputTime: Int
  /// The fingerprint of the settings.
  package var settings: String
  /// Columns and rows of the input, upright; 0 where they are not known.
  package var width = 0
  package var height = 0
  /// Seconds of work on the picture.
  package var seconds = 0.0
  /// When, in seconds since 1970.
  package var time = 0
  /// Which run wrote the line.
  package var run = ""

  package init(
    _ outcome: Outcome, input: BytePath, output: BytePath = BytePath(""), inputBytes: Int = 0,
    inputTime: Int = 0, settings: String = ""
  ) {
    self.outcome = outcome
    self.input = input
    self.output = output
    self.inputBytes = inputBytes
    self.inputTime = inputTime
    self.settings = settings
  }

  /// What was written; nil where nothing was.
  package var written: JournalOutput? {
    if case .done(let output) = outcome { return output }
    return nil
  }

  /// Why nothing was written; nil where that is no failure.
  package var failure: BatchFailure? {
    if case .failed(let failure) = outcome { return failure }
    return nil
  }

  /// Whether the output was made of this input, in the way that is asked for.
  package func fits(_ source: SourcePicture, settings: String) -> Bool {
    inputBytes == source.size && inputTime == source.modified && self.settings == settings
  }

  package var line: JSONLine {
    var line = JSONLine()
    line.add("event", "file")
    line.add("status", status)
    line.add("input", input.bytes)
    line.add("output", output.bytes)
    line.add("input_bytes", inputBytes)
    line.add("input_mtime_ns", inputTime)
    line.add("settings", settings)
    if width > 0 {
      line.add("width", width)
      line.add("height", height)
    }
    switch outcome {
    case .done(let output):
      line.add("output_width", output.width)
      line.add("output_height", output.height)
      line.add("output_bytes", output.bytes)
      line.add("output_mtime_ns", output.modified)
      if output.isCopy { line.add("copy", 1) }
      if let damage = output.damage { line.add("damage", damage) }
    case .failed(let failure):
      line.add("code", failure.code)
      line.add("reason", failure.reason)
    case .skipped(let reason): line.add("reason", reason.text)
    }
    line.add("seconds", (seconds * 1000).rounded() / 1000)
    line.add("time", time)
    line.add("run", run)
    return line
  }

  /// How lines name the outcome.
  private var status: String {
    switch outcome {
    case .done: "done"
    case .failed: "failed"
    case .skipped: "skipped"
    }
  }

  /// The entry in a line, or nil for lines of other kinds and damaged ones. The journal is not trusted:
  /// any program may have written to it.
  package init?(_ line: JSONLine) {
    guard line.string("event") == "file", let status = line.string("status"),
      let outcome = Self.outcome(status, of: line),
      let input = line.bytes("input"), let output = line.bytes("output"),
      let inputBytes = line.integer("input_bytes"), let inputTime = line.integer("input_mtime_ns"),
      let settings = line.string("settings")
    else { return nil }
    self.init(
      outcome, input: BytePath(bytes: input), output: BytePath(bytes: output),
      inputBytes: inputBytes, inputTime: inputTime, settings: settings)
    width = line.integer("width") ?? 0
    height = line.integer("height") ?? 0
    seconds = line.number("seconds") ?? 0
    time = line.integer("time") ?? 0
    run = line.string("run") ?? ""
    guard isPlausible else { return nil }
  }

  private static func outcome(_ status: String, of line: JSONLine) -> Outcome? {
    switch status {
    case "done":
      var output = JournalOutput()
      output.width = line.integer("output_width") ?? 0
      output.height = line.integer("output_height") ?? 0
      output.bytes = line.integer("output_bytes") ?? 0
      output.modified = line.integer("output_mtime_ns") ?? 0
      output.isCopy = line.integer("copy") == 1
      output.damage = line.string("damage")
      return .done(output)
    case "failed":
      let code = line.integer("code") ?? 0
      guard (0...255).contains(code) else { return nil }
      return .failed(BatchFailure(code: code, reason: line.string("reason") ?? ""))
    default: return nil
    }
  }

  /// Plausible lengths of a side: sums and products of these cannot overflow.
  private static let sides = 0...1 << 20
  private static let sizes = 0...1 << 50

  /// Whether all numbers are in the ranges that a run writes.
  private var isPlausible: Bool {
    let output = written ?? JournalOutput()
    return [width, height, output.width, output.height].allSatisfy(Self.sides.contains)
      && [inputBytes, output.bytes].allSatisfy(Self.sizes.contains)
      && (0...1 << 40).contains(time) && (0...1e9).contains(seconds)
  }
}
