import FakeBotAPI
import Foundation
import TestSupport
import TestTraits
import Testing
import Upscale

/// Stopping work, by the user and by the operator of the service.
@Suite(.serialized, .waiting, .timeLimit(.minutes(20))) struct BotStopTests {
  enum Means: String, CaseIterable {
    case cancel = "/cancel"
    case restart = "/restart"
    case upscaleImage = "/upscale_image"
    case button
  }

  @Test("The user's commands and the button stop a running computation", arguments: Means.allCases)
  func stops(means: Means) throws {
    let server = try FakeBotAPI()
    defer { server.stop() }
    let bot = try BotProcess(server, ["--threads", "1"])
    let ann = server.user(id: 42, language: "en")
    let large = BotProcess.slowPhoto
    let photo = ann.sendsPhoto(large.bytes, width: large.width, height: large.height)
    #expect(server.wait { $0.answers(in: 42).contains { $0.replyTo == photo } })
    let card = try #require(server.answers(in: 42).first { $0.replyTo == photo })
    let worker = try #require(bot.waitUntilComputing(), "\(bot.output)")
    if means == .button {
      // After five seconds the card tells how far it is.
      #expect(
        server.wait { server in
          server.messages(in: 42).first { $0.id == card.id }?.text?.contains("Enlarging: ") == true
        }, "\(server.messages(in: 42).compactMap(\.text))")
    }
    switch means {
    case .button: ann.presses(label: "Cancel", on: card.id)
    default: ann.sends(means.rawValue)
    }
    // A second is promised, which Tests/Trials/bot-stop.py measures; the machine that tests may be busy.
    #expect(wait { bot.output.contains("picture stopped") }, "\(bot.output)")
    // Nothing is computed: the worker uses no processor time, or has ended.
    let isIdle = wait {
      guard let before = BotProcess.processorTime(worker) else { return true }
      usleep(200_000)
      return BotProcess.processorTime(worker).map { $0 - before < 0.02 } ?? true
    }
    #expect(isIdle)
    #expect(
      server.wait { server in
        server.messages(in: 42).first { $0.id == card.id }?.text == "Cancelled."
      })
    if means == .button {
      #expect(server.unansweredCallbacks.isEmpty)
    } else {
      #expect(
        server.wait { $0.answers(in: 42).contains { $0.text?.hasPrefix("Stopped: photo") == true } }
      )
    }
    #expect(wait { bot.keptFiles.isEmpty }, "\(bot.keptFiles)")
    // And the next one is served.
    ann.sendsPhoto(Samples.photo, width: 160, height: 120, caption: "fast")
    #expect(server.wait { $0.documents(in: 42).count == 1 }, "\(bot.output)")
    #expect(server.violations.isEmpty, "\(server.violations)")
    try bot.stop()
  }

  @Test("SIGTERM in the middle of work: it leaves in time, and goes on when it is started again")
  func terminates() throws {
    let server = try FakeBotAPI()
    defer { server.stop() }
    let bot = try BotProcess(server, ["--threads", "1"])
    let ann = server.user(id: 42, language: "en")
    // Minutes of work, and one more that waits.
    let large = BotProcess.slowPhoto
    let first = ann.sendsPhoto(large.bytes, width: large.width, height: large.height)
    #expect(bot.waitUntilComputing() != nil, "\(bot.output)")
    let second = ann.sendsPhoto(Samples.photo, width: 160, height: 120, caption: "fast")
    #expect(server.wait { $0.answers(in: 42).count == 2 })
    try bot.restart(by: SIGTERM)
    #expect(bot.output.contains("left waiting=2"), "\(bot.output)")
    #expect(server.documents(in: 42).isEmpty)
    // The first picture is cancelled; the second one is answered once.
    #expect(server.wait { $0.isPolled })
    let card = try #require(server.answers(in: 42).first { $0.replyTo == first })
    ann.presses(label: "Cancel", on: card.id)
    #expect(server.wait { $0.documents(in: 42).count == 1 }, "\(bot.output)")
    #expect(server.answers(in: 42).contains { $0.document != nil && $0.replyTo == second })
    #expect(server.violations.isEmpty, "\(server.violations)")
    try bot.stop()
  }

  @Test("SIGKILL at any moment: what was accepted is answered, what was answered is not again")
  func killed() throws {
    let server = try FakeBotAPI()
    defer { server.stop() }
    let bot = try BotProcess(server)
    let ann = server.user(id: 42, language: "en")
    var sent: [Int] = []
    for round in 0..<6 {
      sent.append(ann.sendsDocument(Samples.photo, name: "\(round).jpg", caption: "fast"))
      _ = server.wait(upTo: Double(round) * 0.15) { _ in false }
      try bot.restart(by: SIGKILL)
    }
    #expect(
      server.wait { server in
        Set(server.answers(in: 42).filter { $0.document != nil }.compactMap(\.replyTo)).count
          == sent.count
      }, "\(bot.output)")
    #expect(!bot.output.contains("job failed"), "\(bot.output)")
    #expect(wait { bot.keptFiles.isEmpty }, "\(bot.keptFiles)")
    #expect(server.violations.isEmpty, "\(server.violations)")
    try bot.stop()
  }

  @Test("Two bots with one state: the second says so and leaves")
  func twice() throws {
    let server = try FakeBotAPI()
    defer { server.stop() }
    let bot = try BotProcess(server)
    let second = try ProcessRunner.run(
      Command.path, ["bot", "--api-root", server.root, "--state-dir", "state"],
      environment: ["TELEGRAM_BOT_TOKEN": server.token], in: bot.folder.url)
    #expect(second.exitCode == 75)
    #expect(second.standardError.contains("another 'upscale bot' runs"))
    try bot.stop()
  }
}
