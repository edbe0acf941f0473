import Foundation

/// What a bot changes and answers.
extension State {
  mutating func editable(
    _ parameters: Parameters, time: Double
  ) throws(Refusal) -> FakeBotAPI.Message {
    let chat = try target(parameters, isEdit: true, time: time)
    guard let id = parameters.integer("message_id") else {
      throw .badRequest("message identifier is not specified")
    }
    guard let message = message(id, in: chat.id) else {
      throw .badRequest("message to edit not found")
    }
    guard message.isFromBot, message.markup == nil || message.markup?["inline_keyboard"] != nil
    else { throw .badRequest("message can't be edited") }
    return message
  }

  mutating func edited(
    _ new: FakeBotAPI.Message, from old: FakeBotAPI.Message
  ) throws(Refusal) -> JSON {
    guard new.text != old.text || new.caption != old.caption || new.markup != old.markup else {
      throw .badRequest(
        "message is not modified: specified new message content and reply markup are exactly the "
          + "same as a current content and reply markup of the message")
    }
    var new = new
    if new.text != old.text || new.caption != old.caption {
      if let earlier = old.text ?? old.caption { new.earlierTexts.append(earlier) }
    }
    new.extra["edit_date"] = .integer(Int64(Date().timeIntervalSince1970))
    replace(new)
    return json(new)
  }

  mutating func editMessageText(
    _ parameters: Parameters, _ index: Int, time: Double
  ) throws(Refusal) -> JSON {
    let text = try messageText(parameters, index)
    let old = try editable(parameters, time: time)
    guard old.text != nil else { throw .badRequest("there is no text in the message to edit") }
    var new = old
    new.text = text
    new.markup = try markup(parameters, index, inlineOnly: true)
    return try edited(new, from: old)
  }

  mutating func editMessageCaption(
    _ parameters: Parameters, _ index: Int, time: Double
  ) throws(Refusal) -> JSON {
    let text = try caption(parameters.text("caption"), index)
    let old = try editable(parameters, time: time)
    guard old.attachment != nil else {
      throw .badRequest("there is no caption in the message to edit")
    }
    var new = old
    new.caption = text
    new.markup = try markup(parameters, index, inlineOnly: true)
    return try edited(new, from: old)
  }

  mutating func editMessageReplyMarkup(
    _ parameters: Parameters, _ index: Int, time: Double
  ) throws(Refusal) -> JSON {
    let old = try editable(parameters, time: time)
    var new = old
    new.markup = try markup(parameters, index, inlineOnly: true)
    return try edited(new, from: old)
  }

  mutating func deleteMessage(_ parameters: Parameters) throws(Refusal) -> JSON {
    let chat = try chat(parameters)
    guard var message = message(parameters.integer("message_id"), in: chat.id) else {
      throw .badRequest("message to delete not found")
    }
    guard message.isFromBot || chat.type == "private" else {
      throw .badRequest("message can't be deleted")
    }
    message.isDeleted = true
    replace(message)
    return true
  }

  mutating func answerCallbackQuery(
    _ parameters: Parameters, _ index: Int
  ) throws(Refusal) -> JSON {
    if (parameters.text("text") ?? "").utf16.count > 200 {
      complain("an answer of more than 200 characters", call: index)
      throw .badRequest("MESSAGE_TOO_LONG")
    }
    let id = parameters.text("callback_query_id") ?? ""
    guard let callback = callbacks[id], !callback.isExpired else {
      throw .badRequest(
        "query is too old and response timeout expired or query ID is invalid")
    }
    callbacks[id]?.answers.append(calls[index])
    return true
  }
}
