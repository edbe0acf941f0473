import FakeBotAPI
import TestSupport
import TestTraits
import Testing

/// `--max-memory` beyond what the machine has: it is lowered, with a warning.
@Suite(.serialized, .waiting, .timeLimit(.minutes(20))) struct ExcessiveMemoryTests {
  private static let limit = ["--max-memory", "1000T"]
  private static let sentence = "--max-memory asks for"

  @Test("image and batch go on with what there is")
  func files() throws {
    let folder = try TemporaryFolder()
    for limit in [[], Self.limit] {
      let image = try ProcessRunner.run(
        Command.path,
        ["image", Command.photo, folder.path("\(limit.count).png"), "-m", Command.quickModel]
          + limit)
      #expect(image.exitCode == 0, "\(image.standardError)")
      #expect(image.standardError.contains(Self.sentence) == !limit.isEmpty)
      let batch = try ProcessRunner.run(
        Command.path,
        ["batch", Command.photo, folder.path("out\(limit.count)"), "-m", Command.quickModel]
          + limit)
      #expect(batch.exitCode == 0, "\(batch.standardError)")
      #expect(batch.standardError.contains(Self.sentence) == !limit.isEmpty)
    }
  }

  @Test("The bot logs a warning, and serves")
  func bot() throws {
    let server = try FakeBotAPI()
    defer { server.stop() }
    let bot = try BotProcess(server, Self.limit)
    #expect(bot.output.contains("warning: \(Self.sentence)"), "\(bot.output)")
    server.user(id: 42, language: "en")
      .sendsPhoto(Samples.photo, width: 160, height: 120, caption: "fast")
    #expect(server.wait { $0.documents(in: 42).count == 1 }, "\(bot.output)")
    try bot.stop()
  }
}
