import FakeBotAPI
import Foundation
import TestSupport
import Testing
import Upscale

/// The service with whatever rights it is run.
@Suite(.serialized, .timeLimit(.minutes(5))) struct BotRightsTests {
  @Test("Behind all walls, every look and format is served")
  func asWhoeverThisIs() throws {
    try serve(isUnprivileged: false)
  }

  @Test(
    "The same as a user of its own",
    .enabled(if: Unprivileged.isPossible, "nobody else can be become, or run the executable"))
  func asUser() throws {
    try serve(isUnprivileged: true)
  }

  private func serve(isUnprivileged: Bool) throws {
    let server = try FakeBotAPI()
    defer { server.stop() }
    let bot = try BotProcess(server, ["--max-memory", "1G"], isUnprivileged: isUnprivileged)
    let isRoot = geteuid() == 0 && !isUnprivileged
    #expect(bot.output.contains("warning the service runs as root") == isRoot, "\(bot.output)")
    #expect(bot.output.contains("no-capabilities"), "\(bot.output)")
    let ann = server.user(id: 42, language: "en")
    let wishes = ["fast x2", "fast x3 webp", "anime jpeg", "photo png"]
    for (index, wish) in wishes.enumerated() {
      // The slow ones of a picture that takes no time.
      let picture = try wish.hasPrefix("fast") ? Samples.photo : Samples.colour(.webp)
      ann.sendsDocument(picture, name: "picture", caption: wish)
      #expect(
        server.wait(upTo: 600) { $0.documents(in: 42).count == index + 1 },
        "\(wish): \(bot.output)")
    }
    let status = try ProcessStatus(#require(bot.worker))
    for set in ["CapPrm", "CapEff", "CapAmb"] {
      #expect(status[set] == "0000000000000000", "\(set)")
    }
    if bot.output.contains("seccomp") { #expect(status["Seccomp"] == "2") }
    try bot.stop()
  }
}
