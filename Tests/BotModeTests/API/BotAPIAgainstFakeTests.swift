import FakeBotAPI
import Foundation
import TestSupport
import Testing

@testable import BotMode

/// The client against the strict server, which keeps count of what no bot should do.
@Suite("Bot API: against the strict server") struct BotAPIAgainstFakeTests {
  private func withFake(
    _ options: FakeBotAPI.Options = FakeBotAPI.Options(),
    _ body: (FakeBotAPI, BotAPI) throws -> Void
  ) throws {
    let fake = try FakeBotAPI(token: testToken, options: options)
    defer { fake.stop() }
    let api = try BotAPI(
      root: APIRoot(fake.root), token: BotToken(testToken), isLocal: options.isLocal)
    try body(fake, api)
    #expect(fake.violations == [])
  }

  /// Servers that differ in what they leave to the client.
  private static let servers: [FakeBotAPI.Options] = {
    var nulls = FakeBotAPI.Options()
    nulls.writesNulls = true
    nulls.reversesPhotoSizes = true
    var odd = FakeBotAPI.Options()
    odd.usesOddFilePaths = true
    odd.omitsFileSizes = true
    var local = FakeBotAPI.Options()
    local.isLocal = true
    return [FakeBotAPI.Options(), nulls, odd, local]
  }()

  @Test("From a person's picture to the answer", arguments: servers.indices)
  func conversation(index: Int) throws {
    let options = Self.servers[index]
    try withFake(options) { fake, api in
      let ann = fake.user(id: 4_503_599_627_370_495, language: "ru")
      #expect(try api.getMe().id == fake.botID)
      try api.deleteWebhook()
      try api.setMyCommands([(name: "help", description: "Помощь")], language: "ru")
      try api.setMyCommands([(name: "help", description: "Help")])
      try api.setMyDescription("Makes pictures larger")
      try api.setMyShortDescription("Larger pictures", language: "ru")
      #expect(fake.commands(language: "ru").map(\.description) == ["Помощь"])
      #expect(fake.botDescription() == "Makes pictures larger")
      #expect(fake.botShortDescription(language: "ru") == "Larger pictures")

      let picture = (0..<200_000).map { UInt8(truncatingIfNeeded: $0 &* 13 >> 4) }
      let number = ann.sendsPhoto(picture, width: 1280, height: 720, caption: "x2")
      let updates = try api.getUpdates(offset: nil, timeout: 0)
      let message = try #require(updates.first?.message)
      #expect(message.id == Int64(number))
      #expect(message.caption == "x2")
      #expect(message.from?.languageCode == "ru")
      let photo = try #require(message.largestPhoto)
      #expect(photo.width == 1280)
      let file = try api.getFile(photo.fileID)
      let folder = try TemporaryFolder()
      let path = try #require(file.filePath)
      try api.download(
        path, to: folder.path("in"), limit: 20 << 20,
        expecting: file.fileSize)
      #expect(try folder.read("in") == picture)

      let status = try api.sendMessage(
        chat: message.chat.id, text: "Готово?", replyTo: message.id,
        markup: .inline([[.init("Отмена", data: "cancel:1")]]))
      try api.editMessageText(chat: message.chat.id, message: status, text: "50 %")
      #expect(
        failure { () throws(BotAPIError) in
          try api.editMessageText(chat: message.chat.id, message: status, text: "50 %")
        }?.isNotModified == true)
      try api.sendChatAction(chat: message.chat.id, action: "upload_document")
      let result = try folder.write(picture + picture, as: "out")
      let sent = try api.sendDocument(
        chat: message.chat.id, path: result, fileName: "Кошка_x2.png", mimeType: "image/png",
        caption: "2560 × 1440", replyTo: message.id)
      try api.deleteMessage(chat: message.chat.id, message: status)
      #expect(
        failure { () throws(BotAPIError) in
          try api.editMessageText(chat: message.chat.id, message: status, text: "x")
        }?.isMessageGone == true)
      let answers = fake.answers(in: ann.chat)
      #expect(answers.map { Int64($0.id) } == [sent])
      #expect(answers.first?.replyTo == number)
      #expect(answers.first?.document?.name == "Кошка_x2.png")
      #expect(answers.first?.document?.bytes == picture + picture)

      let last = try #require(updates.last)
      #expect(try api.getUpdates(offset: last.updateID + 1, timeout: 0).isEmpty)
      #expect(fake.pendingUpdates == 0)
    }
  }

  @Test("A pressed button is answered once it is still waiting") func button() throws {
    try withFake { fake, api throws in
      let ann = fake.user(id: 5)
      ann.sends("/start")
      let sent = try api.sendMessage(
        chat: 5, text: "x", markup: .inline([[.init("x2", data: "again:2")]]))
      let press = ann.presses("again:2", on: Int(sent))
      let query = try #require(
        try api.getUpdates(offset: nil, timeout: 0).compactMap(\.callbackQuery).first)
      #expect(query.id == press)
      #expect(query.data == "again:2")
      #expect(query.message?.id == sent)
      try api.answerCallbackQuery(id: query.id, text: "ok")
      #expect(fake.callbackAnswers(press).count == 1)
      let late = ann.presses("again:2", on: Int(sent))
      fake.expireCallbacks()
      #expect(
        failure { () throws(BotAPIError) in try api.answerCallbackQuery(id: late) }?.isQueryTooOld
          == true)
    }
  }

  @Test("Limits of the server are told apart") func limits() throws {
    try withFake { fake, api throws in
      let ann = fake.user(id: 5)
      ann.sendsDocument(declaredSize: 21 << 20)
      let update = try #require(try api.getUpdates(offset: nil, timeout: 0).first)
      let document = try #require(update.message?.document)
      #expect(document.fileSize == 21 << 20)
      #expect(
        failure { () throws(BotAPIError) in try api.getFile(document.fileID) }?.isFileTooBig
          == true)
      let large = try SparseFile(byteCount: 51 << 20)
      let refused = failure { () throws(BotAPIError) in
        try api.sendDocument(
          chat: 5, path: large.path, fileName: "a.png", mimeType: "image/png")
      }
      #expect(refused?.isUploadTooLarge == true, "\(String(describing: refused))")
      #expect(fake.answers(in: 5).isEmpty)
    }
  }

  @Test("Whether a failed message arrived is never told wrongly in the direction of a loss")
  func ambiguity() throws {
    let faults: [(FakeBotAPI.Fault.Kind, may: Bool)] = [
      (.resetBeforeBody, true), (.resetAfterBody, true), (.resetAfterEffect, true),
      (.truncatedJSON, true), (.garbledJSON, true), (.deepJSON(100_000), true),
      (.resetInBody, true), (.shortBody, true), (.htmlBadGateway, true),
      (.status(500), true), (.tooManyRequests(retryAfter: 3), false), (.forbidden, false),
      (.badRequest("Bad Request: x"), false), (.redirect(to: "http://127.0.0.1:1/"), false),
    ]
    for (fault, may) in faults {
      try withFake { fake, api throws in
        fake.user(id: 5).sends("/start")
        fake.inject(fault, into: "sendMessage")
        let error = try #require(
          failure { () throws(BotAPIError) in try api.sendMessage(chat: 5, text: "x") })
        let arrived = !fake.answers(in: 5).isEmpty
        #expect(error.mayHaveTakenEffect || !arrived, "\(fault): \(error)")
        // A small request is out as a whole before anybody can hang up.
        #expect(error.mayHaveTakenEffect == may, "\(fault): \(error)")
        #expect(fake.calls(of: "sendMessage").count == 1, "\(fault)")
        if case .tooManyRequests(let seconds) = fault { #expect(error.retryAfter == seconds) }
      }
    }
  }

  @Test("A newer poll ends the older one with a conflict") func conflict() throws {
    try withFake { fake, api throws in
      let other = try BotAPI(
        root: APIRoot(fake.root), token: BotToken(testToken), isLocal: false)
      let older = Background {
        failure { () throws(BotAPIError) in try api.getUpdates(offset: nil, timeout: 50) }
      }
      #expect(fake.wait { $0.isPolled })
      let newer = Background {
        failure { () throws(BotAPIError) in try other.getUpdates(offset: nil, timeout: 50) }
      }
      let ended = try #require(older.result(upTo: 600))
      let error = try #require(ended)
      #expect(error.isConflict)
      #expect(!error.isWebhookActive)
      other.interruptPolling()
      #expect(try #require(newer.result(upTo: 600)) == .interrupted)
      fake.setWebhook("https://example.com/hook")
      let hooked = failure { () throws(BotAPIError) in try api.getUpdates(offset: nil, timeout: 0) }
      #expect(hooked?.isWebhookActive == true)
      try api.deleteWebhook()
      #expect(try api.getUpdates(offset: nil, timeout: 0).isEmpty)
    }
  }

  @Test("A held poll wakes with the update") func heldPoll() throws {
    try withFake { fake, api throws in
      let ann = fake.user(id: 5)
      let poll = Background { () -> [Int64]? in
        try? api.getUpdates(offset: nil, timeout: 50).compactMap { $0.message?.chat.id }
      }
      #expect(fake.wait { $0.isPolled })
      ann.sends("hello")
      #expect(try #require(poll.result(upTo: 600)) == [5])
    }
  }

  @Test("A bot that was thrown out, and a group that moved") func standing() throws {
    try withFake { fake, api throws in
      let ann = fake.user(id: 5)
      let group = fake.group(id: -77)
      group.migrates(to: -1_001_234_567_890, by: ann)
      let error = failure { () throws(BotAPIError) in try api.sendMessage(chat: -77, text: "x") }
      #expect(error?.migrateTo == -1_001_234_567_890)
      fake.inject(.forbidden, into: "sendMessage")
      #expect(
        failure { () throws(BotAPIError) in try api.sendMessage(chat: 5, text: "x") }?.isBlocked
          == true)
      fake.inject(.unauthorized, into: "getMe")
      #expect(failure { () throws(BotAPIError) in try api.getMe() }?.isUnauthorised == true)
    }
  }
}
