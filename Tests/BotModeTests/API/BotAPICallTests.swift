import Foundation
import Testing
import Upscale

@testable import BotMode

/// What goes out, and what comes back when all is well.
@Suite("Bot API: calls") struct BotAPICallTests {
  @Test("A call is a POST to the token's address, and its connection is used again")
  func keepsConnection() throws {
    try withServer({ _, peer in
      peer.answer(result: #"{"id":1234567,"is_bot":true,"first_name":"Bot","username":"b_bot"}"#)
    }) { server in
      let api = try BotAPI.of(server)
      for _ in 0..<3 {
        let user = try api.getMe()
        #expect(user.id == 1_234_567)
        #expect(user.isBot)
        #expect(user.username == "b_bot")
      }
      #expect(server.connectionCount == 1)
      #expect(server.requests.map(\.method) == ["POST", "POST", "POST"])
      #expect(server.requests.first?.path == "/bot\(testToken)/getMe")
      #expect(server.requests.first?.headers["user-agent"] == "upscale/\(upscaleVersion)")
      #expect(server.requests.first?.headers["expect"] == nil)
    }
  }

  @Test("A root may have a path of its own") func rootWithPath() throws {
    try withServer({ _, peer in peer.answer(result: "true") }) { server in
      let api = try BotAPI(
        root: APIRoot(server.root + "/some/where/"), token: BotToken(testToken), isLocal: false)
      try api.deleteWebhook()
      #expect(server.requests.map(\.path) == ["/some/where/bot\(testToken)/deleteWebhook"])
    }
  }

  @Test("Updates are asked for with offset, timeout and kinds") func updates() throws {
    try withServer({ _, peer in
      peer.answer(result: #"[{"update_id":7,"message":{"message_id":1,"chat":{"id":5}}}]"#)
    }) { server in
      let api = try BotAPI.of(server)
      let updates = try api.getUpdates(offset: nil, timeout: 0)
      #expect(updates.map(\.updateID) == [7])
      #expect(updates.first?.message?.chat.id == 5)
      _ = try api.getUpdates(offset: 8, timeout: 1)
      let forms = server.requests.map(\.form)
      #expect(forms[0]["offset"] == nil)
      #expect(forms[0]["timeout"] == "0")
      #expect(forms[1]["offset"] == "8")
      #expect(forms[1]["limit"] == "100")
      #expect(
        forms[1]["allowed_updates"] == #"["message","callback_query","my_chat_member"]"#)
    }
  }

  @Test("A text of any letters arrives as it is, with its buttons and its reply")
  func message() throws {
    let text = "Готово: 100 % & more = 1+1; \"cat\" 🐈‍⬛\nsecond line"
    try withServer({ _, peer in peer.answer(result: #"{"message_id":42,"date":1}"#) }) { server in
      let api = try BotAPI.of(server)
      let sent = try api.sendMessage(
        chat: -1_001_234_567_890, text: text, replyTo: 7,
        markup: .inline([[.init("Отмена ✖", data: "cancel:1")]]))
      #expect(sent == 42)
      let form = try #require(server.requests.first?.form)
      #expect(form["chat_id"] == "-1001234567890")
      #expect(form["text"] == text)
      #expect(
        form["reply_parameters"] == #"{"message_id":7,"allow_sending_without_reply":true}"#)
      #expect(
        form["reply_markup"]
          == #"{"inline_keyboard":[[{"callback_data":"cancel:1","text":"Отмена ✖"}]]}"#)
      #expect(form["parse_mode"] == nil)
      #expect(
        server.requests.first?.headers["content-type"] == "application/x-www-form-urlencoded")
    }
  }

  @Test("What is not given is not sent") func noEmptyFields() throws {
    try withServer({ _, peer in peer.answer(result: #"{"message_id":42}"#) }) { server in
      _ = try BotAPI.of(server).sendMessage(chat: 1, text: "x")
      #expect(server.requests.first?.form == ["chat_id": "1", "text": "x"])
    }
  }

  @Test("Every other method says what the Bot API wants to hear") func others() throws {
    try withServer({ _, peer in peer.answer(result: "true") }) { server in
      let api = try BotAPI.of(server)
      try api.editMessageText(chat: 1, message: 2, text: "t", markup: .inline([]))
      try api.deleteMessage(chat: 1, message: 2)
      try api.answerCallbackQuery(id: "q", text: "no", showAlert: true)
      try api.answerCallbackQuery(id: "q")
      try api.sendChatAction(chat: 1, action: "upload_document")
      try api.setMyCommands([(name: "help", description: "Помощь")], language: "ru")
      try api.setMyCommands([(name: "help", description: "Help")])
      try api.setMyDescription("long", language: "ru")
      try api.setMyShortDescription("short")
      let calls = server.requests.map { request in
        (request.path.components(separatedBy: "/").last ?? "", request.form)
      }
      #expect(
        calls.map(\.0) == [
          "editMessageText", "deleteMessage", "answerCallbackQuery", "answerCallbackQuery",
          "sendChatAction", "setMyCommands", "setMyCommands", "setMyDescription",
          "setMyShortDescription",
        ])
      #expect(
        calls.map(\.1) == [
          [
            "chat_id": "1", "message_id": "2", "text": "t",
            "reply_markup": #"{"inline_keyboard":[]}"#,
          ],
          ["chat_id": "1", "message_id": "2"],
          ["callback_query_id": "q", "text": "no", "show_alert": "true"],
          ["callback_query_id": "q"],
          ["chat_id": "1", "action": "upload_document"],
          [
            "commands": #"[{"command":"help","description":"Помощь"}]"#, "language_code": "ru",
          ],
          ["commands": #"[{"command":"help","description":"Help"}]"#],
          ["description": "long", "language_code": "ru"],
          ["short_description": "short"],
        ])
    }
  }

  @Test("Several threads call at once, and the poll does not stand in their way")
  func concurrency() throws {
    let meeting = Meeting(of: 3)
    try withServer({ request, peer in
      if request.path.hasSuffix("getUpdates") {
        peer.waitForEnd()
      } else {
        // No request is answered before all have arrived.
        meeting.arrive()
        peer.answer(result: #"{"message_id":1}"#)
      }
    }) { server in
      let api = try BotAPI.of(server)
      let poll = Background {
        failure { () throws(BotAPIError) in
          try api.getUpdates(offset: nil, timeout: 30)
        }
      }
      let sends = (0..<3).map { index in
        Background {
          failure { () throws(BotAPIError) in
            try api.sendMessage(chat: Int64(index), text: "x")
          }
        }
      }
      for send in sends { #expect(try #require(send.result(upTo: 600)) == nil) }
      api.interruptAll()
      #expect(try #require(poll.result(upTo: 600)) == .interrupted)
    }
  }
}

/// A place where some threads wait for each other.
final class Meeting: @unchecked Sendable {
  private let condition = NSCondition()
  private var missing: Int

  init(of count: Int) { missing = count }

  /// Waits for the others, two minutes at most.
  func arrive() {
    let end = Date.now.addingTimeInterval(120)
    condition.withLock {
      missing -= 1
      condition.broadcast()
      while missing > 0, condition.wait(until: end) {}
    }
  }
}

/// Work on a thread of its own.
final class Background<Result>: @unchecked Sendable {
  private let condition = NSCondition()
  private var outcome: Result?

  init(_ work: @escaping () -> Result) {
    let box = Box(work: work)
    Thread.detachNewThread { [self] in
      let result = box.work()
      condition.withLock {
        outcome = result
        condition.broadcast()
      }
    }
  }

  private struct Box: @unchecked Sendable {
    let work: () -> Result
  }

  /// What came of it, or nil when it takes longer than `seconds`.
  func result(upTo seconds: Double) -> Result? {
    let end = Date.now.addingTimeInterval(seconds)
    return condition.withLock {
      while outcome == nil {
        guard condition.wait(until: end) else { return outcome }
      }
      return outcome
    }
  }
}
