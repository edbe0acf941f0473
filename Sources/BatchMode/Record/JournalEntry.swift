package import Upscale

/// One line of the journal: the outcome of one picture.
package struct JournalEntry: Sendable, Equatable {
  package enum Status: String, Sendable {
    case done, failed
  }

  package var status: Status
  /// The input, as it was opened.
  package var input: BytePath
  /// The output, below the folder of outputs.
  package var output: BytePath
  /// Bytes of the input, and when it changed last (nanoseconds since 1970).
  package var inputBytes: Int
  package var inputTime: Int
  /// The fingerprint of the settings.
  package var settings: String
  /// Columns and rows of the input, upright; 0 where they are not known.
  package var width = 0
  package var height = 0
  package var outputWidth = 0
  package var outputHeight = 0
  /// Bytes of the output, and its modification time (nanoseconds since 1970).
  package var outputBytes = 0
  package var outputTime = 0
  /// Seconds of work on the picture.
  package var seconds = 0.0
  /// When, in seconds since 1970.
  package var time = 0
  /// Which run wrote the line.
  package var run = ""
  /// Whether the output is a copy of one that a picture of the same bytes had.
  package var isCopy = false
  /// What is wrong with the input's pixels, a sentence; nil where it was whole.
  package var damage: String?
  /// The exit code that a run on this picture alone would have, and the sentence.
  package var code = 0
  package var reason = ""

  package init(
    _ status: Status, input: BytePath, output: BytePath, inputBytes: Int, inputTime: Int,
    settings: String
  ) {
    self.status = status
    self.input = input
    self.output = output
    self.inputBytes = inputBytes
    self.inputTime = inputTime
    self.settings = settings
  }

  package var line: JSONLine {
    var line = JSONLine()
    line.add("event", "file")
    line.add("status", status.rawValue)
    line.add("input", input.bytes)
    line.add("output", output.bytes)
    line.add("input_bytes", inputBytes)
    line.add("input_mtime_ns", inputTime)
    line.add("settings", settings)
    if width > 0 {
      line.add("width", width)
      line.add("height", height)
    }
    switch status {
    case .done:
      line.add("output_width", outputWidth)
      line.add("output_height", outputHeight)
      line.add("output_bytes", outputBytes)
      line.add("output_mtime_ns", outputTime)
      if isCopy { line.add("copy", 1) }
      if let damage { line.add("damage", damage) }
    case .failed:
      line.add("code", code)
      line.add("reason", reason)
    }
    line.add("seconds", (seconds * 1000).rounded() / 1000)
    line.add("time", time)
    line.add("run", run)
    return line
  }

  /// Plausible lengths of a side: sums and products of these cannot overflow.
  private static let sides = 0...1 << 20
  private static let sizes = 0...1 << 50

  /// Whether all numbers are in the ranges that a run writes.
  private var isPlausible: Bool {
    [width, height, outputWidth, outputHeight].allSatisfy(Self.sides.contains)
      && [inputBytes, outputBytes].allSatisfy(Self.sizes.contains)
      && (0...1 << 40).contains(time) && (0...1e9).contains(seconds) && (0...255).contains(code)
  }

  /// The entry in a line, or nil for lines of other kinds and damaged ones. The journal is not trusted:
  /// any program may have written to it.
  package init?(_ line: JSONLine) {
    guard line.string("event") == "file", let status = line.string("status").flatMap(Status.init),
      let input = line.bytes("input"), let output = line.bytes("output"),
      let inputBytes = line.integer("input_bytes"), let inputTime = line.integer("input_mtime_ns"),
      let settings = line.string("settings")
    else { return nil }
    self.init(
      status, input: BytePath(bytes: input), output: BytePath(bytes: output),
      inputBytes: inputBytes, inputTime: inputTime, settings: settings)
    width = line.integer("width") ?? 0
    height = line.integer("height") ?? 0
    outputWidth = line.integer("output_width") ?? 0
    outputHeight = line.integer("output_height") ?? 0
    outputBytes = line.integer("output_bytes") ?? 0
    outputTime = line.integer("output_mtime_ns") ?? 0
    seconds = line.number("seconds") ?? 0
    time = line.integer("time") ?? 0
    run = line.string("run") ?? ""
    isCopy = line.integer("copy") == 1
    damage = line.string("damage")
    code = line.integer("code") ?? 0
    reason = line.string("reason") ?? ""
    guard isPlausible else { return nil }
  }
}
