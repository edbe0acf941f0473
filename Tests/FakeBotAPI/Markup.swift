/// Checks of keyboards.
extension State {
  /// The reply markup of a call; nil when there is none.
  mutating func markup(
    _ parameters: Parameters, _ index: Int, inlineOnly: Bool
  ) throws(Refusal) -> JSON? {
    guard let text = parameters.text("reply_markup"), !text.isEmpty else { return nil }
    guard let markup = JSON(text: text), case .object(let members) = markup else {
      complain("a reply markup that is no JSON object", call: index)
      throw .badRequest("can't parse reply keyboard markup JSON object")
    }
    if let rows = members["inline_keyboard"] {
      try checkInline(rows, index)
      return rows.items.allSatisfy { $0.items.isEmpty } ? nil : markup
    }
    if inlineOnly, !members.isEmpty {
      complain("a reply keyboard for an edited message", call: index)
      throw .badRequest("inline keyboard expected")
    }
    let known: Set<String>
    if let rows = members["keyboard"] {
      known = [
        "keyboard", "is_persistent", "resize_keyboard", "one_time_keyboard",
        "input_field_placeholder", "selective",
      ]
      let buttons = rows.items.flatMap { $0.items }
      if buttons.isEmpty
        || buttons.contains(where: { ($0.asString ?? $0["text"]?.asString) == nil })
      {
        complain("a keyboard whose buttons have no text", call: index)
        throw .badRequest("can't parse keyboard button: Text is empty")
      }
      if let words = members["input_field_placeholder"]?.asString,
        !(1...64).contains(words.utf16.count)
      {
        complain("a placeholder of \(words.utf16.count) characters", call: index)
        throw .badRequest("input field placeholder is too long")
      }
    } else if members["remove_keyboard"] != nil {
      known = ["remove_keyboard", "selective"]
    } else {
      known = ["force_reply", "input_field_placeholder", "selective"]
    }
    for name in members.keys.sorted() where !known.contains(name) {
      complain("a reply markup with '\(name)'", call: index)
    }
    return members.isEmpty ? nil : markup
  }

  private mutating func checkInline(_ rows: JSON, _ index: Int) throws(Refusal) {
    guard case .array(let rows) = rows else {
      complain("an inline keyboard that is no array", call: index)
      throw .badRequest("field \"inline_keyboard\" of the InlineKeyboardMarkup must be an Array")
    }
    let actions: Set = [
      "url", "callback_data", "web_app", "login_url", "switch_inline_query",
      "switch_inline_query_current_chat", "switch_inline_query_chosen_chat", "copy_text",
      "callback_game", "pay",
    ]
    for button in rows.flatMap({ $0.items }) {
      let names = Set(button.members.keys)
      if (button["text"]?.asString ?? "").isEmpty {
        complain("an inline button with no text", call: index)
        throw .badRequest(
          "can't parse inline keyboard button: Field \"text\" must be of type String")
      }
      if names.intersection(actions).count != 1 {
        complain("an inline button with no action, or with many", call: index)
        throw .badRequest(
          "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard")
      }
      for name in names.subtracting(actions).subtracting(["text", "style", "icon_custom_emoji_id"])
      {
        complain("an inline button with '\(name)'", call: index)
      }
      if let data = button["callback_data"] {
        guard let text = data.asString, (1...64).contains(text.utf8.count) else {
          complain("callback data that has not 1 to 64 bytes: \(data)", call: index)
          throw .badRequest("BUTTON_DATA_INVALID")
        }
      }
    }
  }
}
