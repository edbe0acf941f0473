import Upscale

/// The service's log on standard error, a line an event: time, level, what, and `name=value` pairs.
///
/// It contains nothing about users (names, texts, numbers, pictures) and no token: every line is redacted,
/// whatever its source is.
final class BotLog: Sendable {
  enum Level: String, Sendable {
    case error, warning, info, debug
  }

  private let isVerbose: Bool
  private let redaction: Redaction
  private let sink: @Sendable (String) -> Void

  /// - Parameters:
  ///   - token: removed from all lines.
  ///   - isVerbose: whether details are wanted.
  ///   - sink: takes lines without their ends.
  init(
    token: BotToken, isVerbose: Bool,
    sink: @escaping @Sendable (String) -> Void = BotLog.writeToStandardError
  ) {
    redaction = Redaction(token)
    self.isVerbose = isVerbose
    self.sink = sink
  }

  /// - Parameters:
  ///   - level: how bad it is.
  ///   - event: what happened, in a few words.
  ///   - facts: named values.
  func note(
    _ level: Level, _ event: String, _ facts: KeyValuePairs<String, String> = [:]
  ) {
    guard isVerbose || level != .debug else { return }
    var line = "\(Self.timestamp()) \(level.rawValue) \(event)"
    for (name, value) in facts { line += " \(name)=\(Self.quoted(value))" }
    sink(redaction.redacted(line))
  }

  func detail(_ event: String, _ facts: KeyValuePairs<String, String> = [:]) {
    note(.debug, event, facts)
  }

  private static func quoted(_ value: String) -> String {
    let isPlain = value.utf8.allSatisfy {
      $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "=")
    }
    if isPlain, !value.isEmpty { return value }
    let safe = String(
      String.UnicodeScalarView(
        value.unicodeScalars.map { scalar in
          scalar.properties.generalCategory == .control ? " " : scalar == "\"" ? "'" : scalar
        }))
    return "\"\(safe)\""
  }

  /// "2026-11-25T18:47:10Z".
  private static func timestamp() -> String {
    guard let time = CalendarTime(universal: WallClock.now()) else { return "-" }
    func two(_ number: Int) -> String { (number < 10 ? "0" : "") + "\(number)" }
    return "\(time.year)-\(two(time.month))-\(two(time.day))T"
      + "\(two(time.hour)):\(two(time.minute)):\(two(time.second))Z"
  }

  static func writeToStandardError(_ line: String) {
    StandardStream.error.writeLine(line)
  }
}
