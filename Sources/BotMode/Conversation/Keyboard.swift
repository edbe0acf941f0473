/// The buttons of a message.
enum Keyboard: Codable, Equatable, Sendable {
  /// Buttons below the message; each sends its data.
  case buttons([[Button]])
  /// The commands that people need most, in place of the letters.
  case commands

  struct Button: Codable, Equatable, Sendable {
    var text: String
    var data: ButtonData
  }
}
