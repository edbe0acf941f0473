import FakeBotAPI
import Foundation
import TestSupport
import Testing
import Upscale

/// The bot's promises about fairness among users, and about what it stores.
@Suite(.serialized, .timeLimit(.minutes(5))) struct BotPromiseTests {
  private static let zoe: Int64 = 7_345_678_901

  /// Numbers that stand for a user in the files of SQLite: as text, and as it packs integers.
  private static func forms(of number: Int64) -> [Data] {
    var packed: [UInt8] = [UInt8(number & 0x7F)]
    var rest = number >> 7
    while rest > 0 {
      packed.insert(UInt8(rest & 0x7F) | 0x80, at: 0)
      rest >>= 7
    }
    let bigEndian = [40, 32, 24, 16, 8, 0].map { UInt8(truncatingIfNeeded: number >> $0) }
    return [Data("\(number)".utf8), Data(packed), Data(bigEndian)]
  }

  /// Which of some things are found in which files of the bot's.
  private static func found(_ needles: [Data], _ bot: BotProcess) -> [String] {
    let folder = bot.folder.url.appending(path: "state")
    let files = FileManager.default.enumerator(atPath: folder.path)?.compactMap { $0 as? String }
    return (files ?? []).flatMap { name -> [String] in
      guard let content = try? Data(contentsOf: folder.appending(path: name)) else { return [] }
      return needles.enumerated().filter { content.range(of: $0.element) != nil }
        .map { "\(name): \($0.offset)" }
    }
  }

  @Test("After delivery nothing of it is in any file, after /forget nothing of the user at all")
  func nothingIsKept() throws {
    let server = try FakeBotAPI()
    defer { server.stop() }
    let bot = try BotProcess(server)
    let user = server.user(id: Self.zoe, name: "Zdenobia", language: "en")
    user.sends("/start")
    let small = try Samples.colour(.png)
    for number in 0..<3 {
      user.sendsDocument(small, name: "geheimnis-\(number).png", caption: "fast x2 Zanzibar")
    }
    user.sendsDocument(Array("no picture".utf8), name: "verraeterisch.png")
    #expect(server.wait(upTo: 600) { $0.documents(in: Self.zoe).count == 3 }, "\(bot.output)")
    let ids = server.calls(of: "getFile").compactMap { $0.fields["file_id"] }
    #expect(!ids.isEmpty)
    let texts = ["Zdenobia", "geheimnis", "Zanzibar", "verraeterisch"] + ids
    let needles = texts.map { Data($0.utf8) } + Self.forms(of: Self.zoe)
    #expect(
      wait(upTo: 600) { Self.found(needles, bot).isEmpty }, "\(Self.found(needles, bot))")

    // Settings are kept, and forgotten.
    user.sends("/settings")
    #expect(server.wait(upTo: 600) { $0.answers(in: Self.zoe).contains { !$0.buttons.isEmpty } })
    let menu = try #require(server.answers(in: Self.zoe).last { !$0.buttons.isEmpty })
    user.presses("scale:2", on: menu.id)
    #expect(server.wait(upTo: 600) { $0.unansweredCallbacks.isEmpty })
    #expect(wait(upTo: 600) { !Self.found(needles, bot).isEmpty }, "the test sees nothing")
    user.sends("/forget")
    #expect(
      wait(upTo: 600) { Self.found(needles, bot).isEmpty }, "\(Self.found(needles, bot))")
    #expect(server.violations.isEmpty, "\(server.violations)")
    try bot.stop()
    #expect(Self.found(needles, bot).isEmpty)
  }

  @Test("A picture that was fetched and is cancelled before its turn leaves no file")
  func cancelledBetween() throws {
    let server = try FakeBotAPI()
    defer { server.stop() }
    let bot = try BotProcess(server)
    let ann = server.user(id: 42, language: "en")
    let bob = server.user(id: 43, language: "en")
    // Minutes of work before it.
    ann.sendsPhoto(try Samples.colour(.jpeg, width: 1600, height: 1200), width: 1600, height: 1200)
    #expect(
      wait(upTo: 600) { bot.output.contains("picture fetched") },
      "\(bot.output) \(server.answers(in: 42))")
    bob.sendsPhoto(Samples.photo, width: 160, height: 120)
    #expect(
      wait(upTo: 600) { bot.output.components(separatedBy: "picture fetched").count == 3 },
      "\(bot.output)")
    #expect(bot.keptFiles.contains { $0.hasSuffix(".in") })
    bob.sends("/cancel")
    ann.sends("/cancel")
    #expect(wait(upTo: 600) { bot.keptFiles.isEmpty }, "\(bot.keptFiles)")
    try bot.stop()
  }

  @Test("Another's answer does not wait for the presses of one who presses on and on")
  func presses() throws {
    let server = try FakeBotAPI()
    defer { server.stop() }
    let ann = server.user(id: 42, language: "en")
    let bob = server.user(id: 43, language: "en")
    // All messages are delivered by the first poll.
    for number in 0..<90 {
      ann.presses("scale:\(2 + number % 3)", on: 5, isInaccessible: true)
    }
    bob.sends("/status")
    let bot = try BotProcess(server)
    #expect(server.wait(upTo: 600) { !$0.answers(in: 43).isEmpty }, "\(bot.output)")
    let calls = server.calls
    let answer = try #require(
      calls.firstIndex { $0.method == "sendMessage" && $0.fields["chat_id"] == "43" })
    let before = calls[..<answer].count { $0.method == "answerCallbackQuery" }
    // Three threads talk, and each may have begun with a press.
    #expect(before <= 3)
    try bot.stop()
  }

  @Test("A refusal that Telegram does not want now does not hold up a result; many are one")
  func refusals() throws {
    let server = try FakeBotAPI()
    defer { server.stop() }
    let ann = server.user(id: 42, language: "en")
    ann.sendsDocument(try Samples.colour(.png), name: "a.png", caption: "fast x2")
    for _ in 0..<60 { ann.sendsPhoto(Samples.photo, width: 160, height: 120) }
    // The second message is refused, and Telegram asks to wait for five minutes.
    server.inject(
      FakeBotAPI.Fault(
        method: "sendMessage", kind: .tooManyRequests(retryAfter: 300), skipping: 1))
    let bot = try BotProcess(server, ["--max-per-user", "1"])
    #expect(server.wait(upTo: 600) { $0.documents(in: 42).count == 1 }, "\(bot.output)")
    #expect(!server.answers(in: 42).contains { $0.text?.hasPrefix("1 of your") == true })
    #expect(server.calls(of: "sendMessage").count == 2)
    try bot.stop()
  }

  @Test(
    "Numbers that no server of Telegram's sends end nothing, and neither does what nobody reads")
  func numbers() throws {
    let server = try FakeBotAPI()
    defer { server.stop() }
    let bot = try BotProcess(server)
    let ann = server.user(id: 42, language: "en")
    func update(_ more: FakeBotAPI.JSON) -> FakeBotAPI.JSON {
      let chat: FakeBotAPI.JSON = ["id": 42, "type": "private"]
      var message: [String: FakeBotAPI.JSON] = [
        "message_id": 1, "date": .integer(.max), "chat": chat, "from": ["id": 42],
      ]
      for (name, value) in more.members { message[name] = value }
      return ["message": .object(message)]
    }
    server.enqueue(
      rawUpdate: update([
        "document": ["file_id": "x", "file_name": "a.png", "file_size": .integer(.max)]
      ]))
    server.enqueue(
      rawUpdate: update([
        "photo": [
          [
            "file_id": "x", "width": .integer(.max), "height": .integer(.max),
            "file_size": .integer(.max),
          ]
        ]
      ]))
    #expect(server.wait(upTo: 600) { $0.answers(in: 42).count == 2 }, "\(bot.output)")
    var deep: FakeBotAPI.JSON = 1
    for _ in 0..<1000 { deep = [deep] }
    server.enqueue(rawUpdate: ["message": deep])
    ann.sends("/status")
    #expect(
      server.wait(upTo: 600) { server in
        server.answers(in: 42).contains { $0.text?.hasPrefix("No picture") == true }
      }, "\(bot.output)")
    #expect(bot.output.contains("update left out"), "\(bot.output)")
    #expect(try bot.stop().signal == SIGTERM)
  }
}
