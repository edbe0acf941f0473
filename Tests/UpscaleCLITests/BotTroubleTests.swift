import FakeBotAPI
import Foundation
import TestSupport
import TestTraits
import Testing
import Upscale

/// Failures of the bot's environment: the network, Telegram, pictures, users.
@Suite(.serialized, .waiting, .timeLimit(.minutes(20))) struct BotTroubleTests {
  @Test("Every kind of fault once in every call: the picture still comes, and no token is seen")
  func faults() throws {
    let server = try FakeBotAPI()
    defer { server.stop() }
    let bot = try BotProcess(server)
    let ann = server.user(id: 42, language: "en")
    let kinds: [FakeBotAPI.Fault.Kind] = [
      .status(500, "Internal"), .tooManyRequests(retryAfter: 1), .htmlBadGateway,
      .redirect(to: "http://127.0.0.1:1/bot\(server.token)/x"), .resetBeforeBody,
      .resetAfterEffect, .truncatedJSON, .garbledJSON, .deepJSON(100_000), .resetInBody, .shortBody,
    ]
    for kind in kinds {
      for method in ["getUpdates", "getFile", "file", "sendMessage", "sendDocument"] {
        server.inject(kind, into: method)
      }
      let count = server.documents(in: 42).count
      ann.sendsDocument(Samples.photo, name: "a.jpg", caption: "fast x2")
      #expect(server.wait { $0.documents(in: 42).count > count }, "\(kind) \(bot.output)")
    }
    #expect(wait { bot.keptFiles.isEmpty }, "\(bot.keptFiles)")
    let result = try bot.stop()
    let secret = String(server.token.split(separator: ":")[1])
    #expect(!result.standardError.contains(secret))
    #expect(!String(decoding: result.standardOutput, as: UTF8.self).contains(secret))
    #expect(server.violations.isEmpty, "\(server.violations)")
  }

  @Test("A token that Telegram does not know ends it with 78, at the start and later")
  func unknownToken() throws {
    let server = try FakeBotAPI()
    defer { server.stop() }
    let folder = try TemporaryFolder()
    let wrong = try ProcessRunner.run(
      Command.path, ["bot", "--api-root", server.root, "--state-dir", "state"],
      environment: ["TELEGRAM_BOT_TOKEN": "1:wrongwrongwrongwrongwrongwrongwrong"], in: folder.url)
    #expect(wrong.exitCode == 78, "\(wrong.standardError)")
    #expect(wrong.standardError.contains("does not know"))
    #expect(!wrong.standardError.contains("wrongwrong"))
    let bot = try BotProcess(server)
    server.inject(.unauthorized, into: "*", times: 1000)
    // A poll is held; the next one meets the refusal.
    server.user(id: 1).sends("hello")
    let result = try bot.run.finish()
    #expect(result.exitCode == 78, "\(result.standardError)")
  }

  @Test(
    "A picture that kills its worker is tried twice and then reported, by its reason; others are served",
    arguments: [
      (SIGSEGV, "en", "failed on it twice", "worker died"),
      // The sandbox ends it.
      (SIGSYS, "en", "failed on it twice", "worker died"),
      (SIGKILL, "en", "not enough memory", "worker killed, out of memory"),
      (SIGKILL, "ru", "не хватает памяти", "worker killed, out of memory"),
    ])
  func poison(signal: Int32, language: String, words: String, event: String) throws {
    let server = try FakeBotAPI()
    defer { server.stop() }
    let bot = try BotProcess(server, ["--threads", "1"])
    let ann = server.user(id: 42, language: language)
    let large = BotProcess.slowPhoto
    let photo = ann.sendsPhoto(large.bytes, width: large.width, height: large.height)
    #expect(server.wait { $0.answers(in: 42).contains { $0.replyTo == photo } })
    var killed: pid_t?
    for round in 1...2 {
      let worker = try #require(bot.waitUntilComputing(otherThan: killed), "\(bot.output)")
      kill(worker, signal)
      killed = worker
      #expect(
        wait { bot.output.components(separatedBy: event).count > round }, "\(bot.output)")
    }
    #expect(
      server.wait { server in
        server.answers(in: 42).contains {
          $0.replyTo == photo && $0.text?.contains(words) == true
        }
      }, "\(bot.output)")
    let warnings = bot.output.components(separatedBy: "take the worker over").count - 1
    #expect(warnings == (signal == SIGSYS ? 2 : 0), "\(bot.output)")
    ann.sendsPhoto(Samples.photo, width: 160, height: 120, caption: "fast")
    #expect(server.wait { $0.documents(in: 42).count == 1 }, "\(bot.output)")
    try bot.stop()
  }

  @Test("A result that Telegram finds too large comes smaller, and says so")
  func tooLarge() throws {
    let server = try FakeBotAPI()
    defer { server.stop() }
    let bot = try BotProcess(server)
    let ann = server.user(id: 42, language: "en")
    server.inject(.status(413, "Request Entity Too Large"), into: "sendDocument")
    ann.sendsDocument(Samples.photo, name: "cat.jpg", caption: "fast")
    #expect(server.wait { $0.documents(in: 42).count == 1 }, "\(bot.output)")
    let answer = try #require(server.answers(in: 42).first { $0.document != nil })
    #expect(answer.document?.name?.hasSuffix(".webp") == true)
    #expect(answer.caption?.contains("Larger files cannot be sent here, so: WebP") == true)
    try bot.stop()
  }

  @Test("Who blocks the bot in the middle loses his pictures, and nobody else does")
  func blocked() throws {
    let server = try FakeBotAPI()
    defer { server.stop() }
    let bot = try BotProcess(server)
    let ann = server.user(id: 42, language: "en")
    let bob = server.user(id: 43, name: "Bob", language: "en")
    server.inject(.hang(seconds: 1), into: "file")
    ann.sendsDocument(Samples.photo, name: "cat.jpg", caption: "fast")
    ann.blocksBot()
    bob.sendsDocument(Samples.photo, name: "cat.jpg", caption: "fast")
    #expect(server.wait { $0.documents(in: 43).count == 1 }, "\(bot.output)")
    #expect(wait { bot.keptFiles.isEmpty }, "\(bot.keptFiles)")
    #expect(server.documents(in: 42).isEmpty)
    try bot.stop()
  }

  @Test("Telegram that cannot be reached, at the start and later, is waited for")
  func unreachable() throws {
    let server = try FakeBotAPI()
    defer { server.stop() }
    server.goAway()
    let folder = try TemporaryFolder()
    let run = try ProcessRunner.start(
      Command.path, ["bot", "--api-root", server.root, "--state-dir", "state"],
      environment: ["TELEGRAM_BOT_TOKEN": server.token], in: folder.url)
    #expect(wait { run.standardErrorSoFar.contains("Telegram not reached") })
    try server.comeBack()
    #expect(server.wait { $0.isPolled }, "\(run.standardErrorSoFar)")
    server.goAway()
    #expect(wait { run.standardErrorSoFar.contains("poll failed") })
    try server.comeBack()
    server.user(id: 42, language: "en").sends("/help")
    #expect(server.wait { !$0.answers(in: 42).isEmpty })
    run.send(SIGTERM)
    _ = try run.finish()
  }

  @Test("Groups: the bot answers there, and only whom it is asked by; cards flood nobody")
  func group() throws {
    let server = try FakeBotAPI()
    defer { server.stop() }
    server.options.flood = FakeBotAPI.Flood()
    let bot = try BotProcess(server)
    let group = server.group(id: -100_200, isSuper: true)
    let ann = server.user(id: 42, language: "en")
    let bob = server.user(id: 43, name: "Bob", language: "ru")
    let photo = ann.sendsPhoto(Samples.photo, width: 160, height: 120, .to(group))
    let command = bob.sends("/upscale fast", .to(group, replyTo: photo))
    #expect(server.wait { $0.documents(in: group.id).count == 1 }, "\(bot.output)")
    let answer = try #require(server.answers(in: group.id).first { $0.document != nil })
    #expect(answer.replyTo == photo)
    #expect(server.answers(in: 42).isEmpty && server.answers(in: 43).isEmpty)
    #expect(!server.answers(in: group.id).contains { $0.replyTo == command })
    #expect(server.calls.allSatisfy { $0.status != 429 })
    #expect(server.violations.isEmpty, "\(server.violations)")
    try bot.stop()
  }

  @Test("Two users at once get their own pictures, in turns")
  func twoUsers() throws {
    let server = try FakeBotAPI()
    defer { server.stop() }
    let bot = try BotProcess(server)
    let users = [server.user(id: 42, language: "en"), server.user(id: 43, language: "ru")]
    var sent: [[Int: (Int, Int)]] = [[:], [:]]
    // The first sends all of his before the second sends one.
    for (index, user) in users.enumerated() {
      for number in 0..<4 {
        let size = (24 + 4 * number, 20 + 10 * index)
        let bytes = try Samples.colour(.png, width: size.0, height: size.1)
        sent[index][user.sendsDocument(bytes, name: "\(number).png", caption: "fast")] = size
      }
    }
    for (index, user) in users.enumerated() {
      #expect(server.wait { $0.documents(in: user.id).count == 4 }, "\(bot.output)")
      for answer in server.answers(in: user.id) {
        guard let document = answer.document else { continue }
        let picture = try PictureDecoder.decode(document.bytes).picture
        let size = try #require(answer.replyTo.flatMap { sent[index][$0] })
        #expect((picture.width, picture.height) == (size.0 * 4, size.1 * 4))
      }
    }
    try bot.stop()
  }

  @Test("An update that comes twice, or with a number from anywhere, is answered once")
  func repeated() throws {
    let server = try FakeBotAPI()
    defer { server.stop() }
    let bot = try BotProcess(server)
    let ann = server.user(id: 42, language: "en")
    ann.sendsDocument(Samples.photo, name: "a.jpg", caption: "fast")
    #expect(server.wait { $0.documents(in: 42).count == 1 }, "\(bot.output)")
    server.repeatUpdate()
    server.jumpUpdateIDs(to: 5)
    ann.sendsDocument(Samples.photo, name: "b.jpg", caption: "fast")
    #expect(server.wait { $0.documents(in: 42).count == 2 }, "\(bot.output)")
    ann.sends("/help")
    #expect(
      server.wait { server in
        server.answers(in: 42).contains { $0.text?.contains("Limits") == true }
      })
    #expect(server.documents(in: 42).map { $0.name ?? "" } == ["a_x4.png", "b_x4.png"])
    try bot.stop()
  }
}
