import Upscale

/// Why a file or folder among the inputs is skipped.
package enum SkipReason: Sendable, Hashable {
  /// Neither its content nor its name is that of a picture.
  case noPicture
  /// "an HEIC picture": a format that is not read.
  case foreign(String)
  /// "a FIFO", "a socket", "a device".
  case special(String)
  /// A link to a folder that is scanned anyway.
  case scannedAlready
  /// The folder of outputs, which lies among the inputs.
  case outputFolder
  /// `--include` or `--exclude` leave it out.
  case notAsked
  /// With `--no-clobber`, its output exists.
  case outputExists
  /// It is an output of an earlier run, which lies among the inputs.
  case isOutput
  /// Among the inputs lies another one whose output would have its name.
  case namedAsOutput
  /// Its output, among the inputs, would replace a file that no run has written.
  case nameTaken

  /// In words, after the name.
  package var text: String {
    switch self {
    case .noPicture: "is no picture"
    case .foreign(let kind): "is \(kind), which upscale does not read"
    case .special(let kind): "is \(kind), not a file"
    case .scannedAlready: "links to a folder that is scanned already"
    case .outputFolder: "is the folder of outputs"
    case .notAsked: "is not asked for"
    case .outputExists: "has an output already"
    case .isOutput: "is an output of an earlier run"
    case .namedAsOutput: "has the name of another picture's output"
    case .nameTaken: "would replace a file that no run has written"
    }
  }

  /// With a number before it: "3 HEIC pictures, which upscale does not read".
  package func counted(_ count: Int) -> String {
    func number(_ one: String) -> String { "\(count) \(one)\(count == 1 ? "" : "s")" }
    func number(withArticle kind: String) -> String {
      number(String(kind.drop { $0 != " " }.dropFirst()))
    }
    return switch self {
    case .noPicture: number("other file")
    case .foreign(let kind): number(withArticle: kind) + ", which upscale does not read"
    case .special(let kind): number(withArticle: kind)
    case .scannedAlready: number("link") + " to folders scanned already"
    case .outputFolder: "the folder of outputs"
    case .notAsked: number("file") + " or folders not asked for"
    case .outputExists: number("picture") + " whose output was there already"
    case .isOutput: number("output") + " of earlier runs"
    case .namedAsOutput: number("file") + " with the name of another picture's output"
    case .nameTaken:
      number("picture") + " whose output would replace a file that no run has written"
    }
  }
}
