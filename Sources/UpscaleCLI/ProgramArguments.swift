import Upscale

/// The arguments of the process without its own name.
///
/// Names among the arguments need not be UTF-8, but the parser takes only strings. Swift's own list
/// replaces bytes that are not UTF-8 and so names other files; here each argument keeps its bytes, see
/// `BytePath.encoded`.
enum ProgramArguments {
  static let texts: [String] = ProgramFile.arguments.dropFirst().map(\.encoded)

  /// `message` with the arguments that it repeats escaped, so that they do not control the terminal.
  static func visible(in message: String) -> String {
    var message = message
    for text in texts {
      let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
      for part in [text] + parts where Upscale.visible(part) != part {
        message = message.replacing(part, with: Upscale.visible(part))
      }
    }
    return message
  }
}
