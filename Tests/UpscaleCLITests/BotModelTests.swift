import FakeBotAPI
import Foundation
import TestSupport
import TestTraits
import Testing
import Upscale

/// The bot with a model of the user's folder, which its worker cannot see.
@Suite(.serialized, .waiting, .timeLimit(.minutes(20))) struct BotModelTests {
  @Test("A model of the folder makes the bot's pictures")
  func folder() throws {
    let models = try TemporaryFolder()
    try models.write(
      WeightFiles.safeTensors(WeightFiles.compactTensors(scale: 4)), as: "4x-Tiny.safetensors")
    let server = try FakeBotAPI()
    defer { server.stop() }
    let bot = try BotProcess(
      server, ["--model", "4x-Tiny", "--models-dir", models.url.path])
    let ann = server.user(id: 42, name: "Ann", language: "en")
    ann.sends("/start")
    _ = ann.sendsPhoto(Samples.photo, width: 160, height: 120)
    #expect(server.wait { $0.documents(in: 42).count == 1 }, "\(bot.output)")
    let sent = try PictureDecoder.decode(
      try #require(server.documents(in: 42).last).bytes
    ).picture
    let reference = try Command.run(
      "image", Command.photo, "-", "-m", models.path("4x-Tiny.safetensors"))
    #expect(sent == (try PictureDecoder.decode(reference.standardOutput).picture))
  }

  @Test("A choice by scale is not for the bot")
  func automatic() throws {
    let folder = try TemporaryFolder()
    let result = try ProcessRunner.run(
      Command.path, ["bot", "--model", "auto"],
      environment: ["TELEGRAM_BOT_TOKEN": "110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw"],
      in: folder.url)
    expectRefusal(result, 64, saying: "--model auto")
  }
}
