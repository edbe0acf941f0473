import Upscale

/// What the process was started with, after its name.
///
/// Names among the arguments need not be UTF-8. The parser knows texts only, and so would Swift's own
/// list, which repairs them and thereby names other files: here each keeps its bytes, see
/// `BytePath.encoded`.
enum ProgramArguments {
  static let texts: [String] = ProgramFile.arguments.dropFirst().map(\.encoded)

  /// `message` with what it repeats of the arguments in a form that steers no terminal.
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
