import FakeBotAPI
import Foundation
import Testing

/// What a bot sends, edits and deletes.
@Suite struct SendingTests {
  let server: FakeBotAPI
  let client: Client
  let ann: FakeBotAPI.User

  init() throws {
    server = try FakeBotAPI()
    client = Client(server)
    ann = server.user(id: 42)
  }

  @discardableResult private func say(_ text: String, _ fields: [String: String] = [:]) throws
    -> Client.Answer
  {
    try client.call("sendMessage", ["chat_id": "42", "text": text].merging(fields) { $1 })
  }

  private func edit(_ text: String, _ message: Int, _ fields: [String: String] = [:]) throws
    -> Client.Answer
  {
    let usual = ["chat_id": "42", "message_id": "\(message)", "text": text]
    return try client.call("editMessageText", usual.merging(fields) { $1 })
  }

  @Test("edits change a message, but not to what it is, nor one that is not there")
  func edits() throws {
    defer { server.stop() }
    let keyboard = #"{"inline_keyboard":[[{"text":"Cancel","callback_data":"c"}]]}"#
    try say("0 %", ["reply_markup": keyboard])
    let id = try #require(server.answers(in: 42).first?.id)
    #expect(try edit("50 %", id, ["reply_markup": keyboard]).status == 200)
    let same = try edit("50 %", id, ["reply_markup": keyboard])
    #expect(same.status == 400)
    #expect(same.words?.hasPrefix("Bad Request: message is not modified: ") == true)
    #expect(try edit("50 %", id).status == 200, "the keyboard goes")
    let message = try #require(server.answers(in: 42).first)
    #expect(message.text == "50 %")
    #expect(message.earlierTexts == ["0 %"])
    #expect(message.buttons.isEmpty)

    #expect(try edit("x", 99).words == "Bad Request: message to edit not found")
    let own = ann.sends("mine")
    #expect(try edit("x", own).words == "Bad Request: message can't be edited")
    ann.deletes(id)
    #expect(try edit("x", id).words == "Bad Request: message to edit not found")
    #expect(server.violations.isEmpty)
  }

  @Test("markups and captions are edited too") func otherEdits() throws {
    defer { server.stop() }
    try client.sendDocument([1], to: 42, fields: ["caption": "a"])
    let id = try #require(server.answers(in: 42).first?.id)
    let place = ["chat_id": "42", "message_id": "\(id)"]
    let keyboard = #"{"inline_keyboard":[[{"text":"x2","callback_data":"c"}]]}"#
    #expect(
      try client.call("editMessageCaption", place.merging(["caption": "b"]) { $1 }).status == 200)
    #expect(
      try client.call("editMessageReplyMarkup", place.merging(["reply_markup": keyboard]) { $1 })
        .status == 200)
    let message = try #require(server.answers(in: 42).first)
    #expect(message.caption == "b")
    #expect(message.buttons.count == 1)
    #expect(
      try edit("x", id).words == "Bad Request: there is no text in the message to edit")
  }

  @Test("replies need their message, unless they can do without") func replies() throws {
    defer { server.stop() }
    let question = ann.sends("hello")
    try say("hi", ["reply_parameters": #"{"message_id":\#(question)}"#])
    #expect(server.answers(in: 42).last?.replyTo == question)
    ann.deletes(question)
    #expect(
      try say("hi", ["reply_parameters": #"{"message_id":\#(question)}"#]).words
        == "Bad Request: message to be replied not found")
    let tolerant = #"{"message_id":\#(question),"allow_sending_without_reply":true}"#
    #expect(try say("hi", ["reply_parameters": tolerant]).status == 200)
    #expect(server.answers(in: 42).last?.replyTo == nil)
  }

  @Test("texts, captions and buttons have their limits, in Telegram's units") func limits() throws {
    defer { server.stop() }
    let cat = "\u{1F408}"
    #expect(try say(String(repeating: cat, count: 2048)).status == 200)
    #expect(try say(String(repeating: cat, count: 2048) + "a").words?.hasSuffix("too long") == true)
    #expect(try say(" \n").words == "Bad Request: message text is empty")
    let caption = ["caption": String(repeating: "a", count: 1025)]
    #expect(
      try client.sendDocument([1], to: 42, fields: caption).words
        == "Bad Request: message caption is too long")
    func keyboard(_ data: String) -> [String: String] {
      let button = JSON.object(["text": "b", "callback_data": .string(data)])
      return ["reply_markup": JSON.object(["inline_keyboard": [[button]]]).text]
    }
    #expect(try say("a", keyboard(String(repeating: "é", count: 32))).status == 200)
    #expect(
      try say("a", keyboard(String(repeating: "é", count: 33))).words
        == "Bad Request: BUTTON_DATA_INVALID")
    #expect(server.violations.count == 4)
  }

  @Test("keyboards are checked") func keyboards() throws {
    defer { server.stop() }
    let good =
      #"{"keyboard":[[{"text":"Help"},"Stop"]],"resize_keyboard":true,"is_persistent":true}"#
    #expect(try say("a", ["reply_markup": good]).status == 200)
    #expect(server.answers(in: 42).last?.keyboard == [["Help", "Stop"]])
    let id = try #require(server.answers(in: 42).last?.id)
    #expect(try edit("b", id).words == "Bad Request: message can't be edited")
    #expect(server.violations.isEmpty)
    for bad in [
      #"{"keyboard":[[{}]]}"#, #"{"inline_keyboard":{}}"#,
      #"{"inline_keyboard":[[{"text":"a"}]]}"#,
      #"{"inline_keyboard":[[{"text":"","callback_data":"a"}]]}"#,
    ] {
      #expect(try say("a", ["reply_markup": bad]).status == 400, "\(bad)")
    }
    #expect(server.violations.count == 4)
    #expect(try say("a", ["reply_markup": #"{"remove_keyboard":true,"x":1}"#]).status == 200)
    #expect(server.violations.count == 5)
  }

  @Test("documents of more than 50 MB are too large, said before or after they were read")
  func largeDocuments() throws {
    defer { server.stop() }
    for size in [(50 << 20) + 1, (51 << 20)] {
      let answer = try client.sendDocument([UInt8](repeating: 0, count: size), to: 42)
      #expect(answer.status == 413)
      #expect(answer.words == "Request Entity Too Large")
    }
    #expect(try client.sendDocument([UInt8](repeating: 0, count: 50 << 20), to: 42).status == 200)
    #expect(server.documents(in: 42).map(\.size) == [50 << 20])
  }

  @Test("photos have their own limits") func photos() throws {
    defer { server.stop() }
    func send(width: Int, height: Int, padding: Int = 0) throws -> Client.Answer {
      var bytes: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 13]
      bytes += "IHDR".utf8
      for value in [width, height] {
        bytes += (0..<4).map { UInt8(truncatingIfNeeded: value >> (24 - 8 * $0)) }
      }
      bytes += [UInt8](repeating: 0, count: padding)
      return try client.upload(
        "sendPhoto",
        [
          .init(name: "chat_id", bytes: Array("42".utf8)),
          .init(name: "photo", fileName: "a.png", bytes: bytes),
        ])
    }
    #expect(try send(width: 6000, height: 4000).status == 200)
    #expect(server.answers(in: 42).first?.attachment?.width == 6000)
    #expect(
      try send(width: 6000, height: 4001).words == "Bad Request: PHOTO_INVALID_DIMENSIONS")
    #expect(try send(width: 2100, height: 100).words == "Bad Request: PHOTO_INVALID_DIMENSIONS")
    #expect(
      try send(width: 10, height: 10, padding: 10 << 20).words?.contains("too big for a photo")
        == true)
    let text = try client.upload(
      "sendPhoto",
      [
        .init(name: "chat_id", bytes: Array("42".utf8)),
        .init(name: "photo", fileName: "a.png", bytes: [1, 2, 3]),
      ])
    #expect(text.words == "Bad Request: IMAGE_PROCESS_FAILED")
  }

  @Test("albums of documents are sent as one") func albums() throws {
    defer { server.stop() }
    func send(_ media: String) throws -> Client.Answer {
      try client.upload(
        "sendMediaGroup",
        [
          .init(name: "chat_id", bytes: Array("42".utf8)),
          .init(name: "media", bytes: Array(media.utf8)),
          .init(name: "f1", fileName: "1.png", bytes: [1]),
          .init(name: "f2", fileName: "2.png", bytes: [2, 2]),
        ])
    }
    let two = #"{"type":"document","media":"attach://f1","caption":"c"}"#
    let answer = try send(#"[\#(two),{"type":"document","media":"attach://f2"}]"#)
    #expect(answer.result?.items.count == 2)
    #expect(server.documents(in: 42).map(\.bytes) == [[1], [2, 2]])
    #expect(Set(server.answers(in: 42).map(\.albumID)).count == 1)
    #expect(server.calls.last?.messages.count == 2)
    #expect(server.violations.isEmpty)
    #expect(try send("[\(two)]").status == 400)
    #expect(try send(#"[\#(two),{"type":"photo","media":"attach://f2"}]"#).status == 400)
    #expect(try send(#"[\#(two),{"type":"document","media":"attach://f3"}]"#).status == 400)
  }

  @Test("who blocks the bot, throws it out or moves gets nothing") func unreachable() throws {
    defer { server.stop() }
    #expect(try say("a", ["chat_id": "43"]).words == "Bad Request: chat not found")
    ann.blocksBot()
    let blocked = try say("a")
    #expect(blocked.status == 403)
    #expect(blocked.words == "Forbidden: bot was blocked by the user")
    let update = try client.call("getUpdates").result?.items.last?["my_chat_member"]
    #expect(update?["new_chat_member"]?["status"] == "kicked")
    ann.unblocksBot()
    #expect(try say("a").status == 200)

    let group = server.group(id: -5)
    group.migrates(to: -1005, by: ann)
    let moved = try say("a", ["chat_id": "-5"])
    #expect(moved.status == 400)
    #expect(
      moved.words == "Bad Request: group chat was upgraded to a supergroup chat")
    #expect(moved.json?["parameters"]?["migrate_to_chat_id"] == -1005)
    #expect(try say("a", ["chat_id": "-1005"]).status == 200)
  }

  @Test("too many edits are answered by 429, and then nothing goes for a while") func flood() throws
  {
    defer { server.stop() }
    server.options.flood = FakeBotAPI.Flood()
    try say("a")
    let id = try #require(server.answers(in: 42).first?.id)
    #expect(try edit("b", id).status == 200)
    let refused = try edit("c", id)
    #expect(refused.status == 429)
    #expect(refused.headers["retry-after"] == "3")
    #expect(try say("the result").status == 429)

    _ = server.group(id: -5)
    let answers = try (0..<21).map { try say("\($0)", ["chat_id": "-5"]).status }
    #expect(answers == Array(repeating: 200, count: 20) + [429])
  }

  @Test("a bot's name tags are kept by language and checked") func presentation() throws {
    defer { server.stop() }
    let commands = #"[{"command":"help","description":"What I do"}]"#
    #expect(try client.call("setMyCommands", ["commands": commands]).result == true)
    #expect(
      try client.call("setMyCommands", ["commands": commands, "language_code": "ru"]).result
        == true)
    #expect(server.commands(language: "ru").map(\.name) == ["help"])
    #expect(server.commands().first?.description == "What I do")
    #expect(try client.call("getMyCommands").result?.items.count == 1)
    #expect(try client.call("deleteMyCommands").result == true)
    #expect(server.commands().isEmpty)
    try client.call("setMyDescription", ["description": "I enlarge pictures"])
    try client.call(
      "setMyShortDescription", ["short_description": "Больше", "language_code": "ru"])
    #expect(server.botDescription() == "I enlarge pictures")
    #expect(server.botShortDescription(language: "ru") == "Больше")
    #expect(server.violations.isEmpty)
    let bad = #"[{"command":"Help","description":"x"}]"#
    #expect(
      try client.call("setMyCommands", ["commands": bad]).words
        == "Bad Request: BOT_COMMAND_INVALID")
    #expect(
      try client.call(
        "setMyShortDescription", ["short_description": String(repeating: "a", count: 121)]
      ).status == 400)
    #expect(server.violations.count == 2)
  }

  @Test("chats, actions, deletions and the way out") func rest() throws {
    defer { server.stop() }
    #expect(try client.call("getChat", ["chat_id": "42"]).result?["type"] == "private")
    let action = ["chat_id": "42", "action": "upload_document"]
    #expect(try client.call("sendChatAction", action).result == true)
    #expect(try client.call("sendChatAction", ["chat_id": "42", "action": "sing"]).status == 400)
    try say("a")
    let id = try #require(server.answers(in: 42).first?.id)
    let place = ["chat_id": "42", "message_id": "\(id)"]
    #expect(try client.call("deleteMessage", place).result == true)
    #expect(server.answers(in: 42).isEmpty)
    #expect(server.allMessages(in: 42).map(\.isDeleted) == [true])
    #expect(
      try client.call("deleteMessage", place).words
        == "Bad Request: message to delete not found")
    #expect(try client.call("close").result == true)
    #expect(try client.call("logOut").result == true)
    #expect(try client.call("getMe").status == 400)
  }
}
