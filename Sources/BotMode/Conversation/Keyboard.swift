/// The buttons of a message.
enum Keyboard: Codable, Equatable, Sendable {
  /// Buttons below the message; each sends its data.
  case buttons([[Button]])
  /// The most used commands, in place of the letters' keyboard.
  case commands

  struct Button: Codable, Equatable, Sendable {
    var text: String
    var data: ButtonData
  }
}
