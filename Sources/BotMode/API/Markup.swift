import FoundationEssentials

/// The buttons of a message.
enum Markup: Sendable, Hashable {
  /// A button below a message; `data` (at most 64 bytes) is sent to the bot when it is pressed.
  struct Button: Sendable, Hashable {
    let text: String
    let data: String

    init(_ text: String, data: String) {
      self.text = text
      self.data = data
    }
  }

  /// Rows of buttons below the message.
  case inline([[Button]])
  /// Rows of buttons instead of the keyboard; a pressed one is sent as text.
  case reply([[String]], placeholder: String? = nil)
  /// Takes the buttons of `reply` away.
  case remove

  /// In the form of the Bot API.
  var json: String {
    switch self {
    case .inline(let rows):
      Self.text(
        InlineKeyboard(
          rows: rows.map { row in
            row.map { InlineKeyboard.Key(text: $0.text, data: $0.data) }
          }))
    case .reply(let rows, let placeholder):
      Self.text(
        Keyboard(
          rows: rows.map { row in row.map { Keyboard.Key(text: $0) } }, placeholder: placeholder))
    case .remove:
      #"{"remove_keyboard":true}"#
    }
  }

  private struct InlineKeyboard: Encodable {
    struct Key: Encodable {
      let text: String
      let data: String

      enum CodingKeys: String, CodingKey {
        case text
        case data = "callback_data"
      }
    }

    let rows: [[Key]]

    enum CodingKeys: String, CodingKey {
      case rows = "inline_keyboard"
    }
  }

  private struct Keyboard: Encodable {
    struct Key: Encodable {
      let text: String
    }

    let rows: [[Key]]
    let resizes = true
    let isPersistent = true
    let placeholder: String?

    enum CodingKeys: String, CodingKey {
      case rows = "keyboard"
      case resizes = "resize_keyboard"
      case isPersistent = "is_persistent"
      case placeholder = "input_field_placeholder"
    }
  }

  private static func text(_ value: some Encodable) -> String { jsonText(value) }
}

/// A value as JSON text, which is how the Bot API takes objects in forms.
func jsonText(_ value: some Encodable) -> String {
  let encoder = JSONEncoder()
  encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
  guard let data = try? encoder.encode(value) else { return "{}" }
  return String(decoding: data, as: UTF8.self)
}
