import FakeBotAPI
import Foundation
import TestSupport
import Testing
import Upscale

/// A full talk with the bot: real pictures, the real network, a strict Telegram.
@Suite(.serialized, .waiting, .timeLimit(.minutes(20))) struct BotTalkTests {
  /// The picture in a document the bot sent.
  private static func picture(_ file: FakeBotAPI.StoredFile?) throws -> Picture {
    try PictureDecoder.decode(try #require(file).bytes).picture
  }

  @Test("A photo, a transparent PNG, a sticker and an album come back four times as large")
  func pictures() throws {
    let server = try FakeBotAPI()
    defer { server.stop() }
    let bot = try BotProcess(server)
    let ann = server.user(id: 42, name: "Ann", language: "en")

    ann.sends("/start")
    #expect(server.wait { !$0.answers(in: 42).isEmpty })
    let greeting = try #require(server.answers(in: 42).first)
    #expect(greeting.text?.hasPrefix("Hello, Ann!") == true)
    #expect(greeting.keyboard == [["/upscale_image"], ["/help", "/restart"]])

    // A photo: the answer comes at once, with both sizes and a button.
    let photo = ann.sendsPhoto(Samples.photo, width: 160, height: 120)
    #expect(server.wait { $0.allMessages(in: 42).contains { $0.replyTo == photo } })
    let card = try #require(server.allMessages(in: 42).first { $0.replyTo == photo })
    #expect(card.text?.contains("160 × 120 → 640 × 480") == true, "\(card.text ?? "")")
    #expect(card.buttons.joined().map(\.text) == ["Cancel"])
    #expect(server.wait(upTo: 60) { $0.documents(in: 42).count == 1 }, "\(bot.output)")
    let result = try #require(server.answers(in: 42).first { $0.document != nil })
    #expect(result.replyTo == photo)
    #expect(result.document?.name == "photo_\(photo)_x4.png")
    #expect(result.caption?.contains("160 × 120 → 640 × 480") == true)
    let picture = try Self.picture(result.document)
    #expect((picture.width, picture.height) == (640, 480))
    // The same as `upscale image` makes.
    let reference = try Command.run("image", Command.photo, "-")
    #expect(picture == (try PictureDecoder.decode(reference.standardOutput).picture))
    #expect(server.wait { server in !server.messages(in: 42).contains { $0.id == card.id } })

    // A PNG with alpha keeps it; its name stays.
    let drawing = Picture.waves(width: 40, height: 30, layout: .rgba)
    ann.sendsDocument(try PictureEncoder.encode(drawing, as: .png), name: "Кот 1.png")
    #expect(server.wait(upTo: 60) { $0.documents(in: 42).count == 2 }, "\(bot.output)")
    let second = try #require(server.documents(in: 42).last)
    #expect(second.name == "Кот 1_x4.png")
    #expect(try Self.picture(second).layout.hasAlpha)

    // A sticker.
    ann.sendsSticker(try PictureEncoder.encode(drawing, as: .webp), width: 40, height: 30)
    #expect(server.wait(upTo: 60) { $0.documents(in: 42).count == 3 }, "\(bot.output)")
    #expect(try Self.picture(server.documents(in: 42).last).layout.hasAlpha)

    // An album: one card, a result each; one of them is damaged and has its reason.
    var broken = Samples.photo
    broken.removeLast(broken.count * 3 / 4)
    broken.replaceSubrange(20..<broken.count, with: [UInt8](repeating: 7, count: broken.count - 20))
    let items: [FakeBotAPI.Item] = [
      .photo(try PictureEncoder.encode(drawing, as: .png), width: 40, height: 30),
      .photo(broken, width: 40, height: 30),
      .document(try PictureEncoder.encode(drawing, as: .png), name: "third.png", type: nil),
    ]
    let album = ann.sendsAlbum(items, caption: "fast x2")
    #expect(server.wait(upTo: 60) { $0.documents(in: 42).count == 5 }, "\(bot.output)")
    #expect(server.wait { $0.answers(in: 42).contains { $0.replyTo == album[1] } })
    #expect(
      server.answers(in: 42).last { $0.replyTo == album[1] }?.text?.contains("damaged") == true)
    #expect(try Self.picture(server.documents(in: 42).last).width == 80)

    #expect(server.violations.isEmpty, "\(server.violations)")
    #expect(try bot.stop().signal == SIGTERM)
    #expect(bot.keptFiles.isEmpty, "nothing is kept after delivery")
  }

  @Test("What cannot be used is refused in words within seconds, and nothing of it is fetched")
  func refusals() throws {
    let server = try FakeBotAPI()
    defer { server.stop() }
    let bot = try BotProcess(server)
    let boris = server.user(id: 7, name: "Борис", language: "ru")
    let sent: [(Int, String)] = [
      (boris.sendsSticker([1], isAnimated: true), "движется"),
      (boris.sendsSticker([1], isVideo: true), "движется"),
      (boris.sendsMedia("animation"), "анимация"),
      (boris.sendsDocument([71, 73, 70], name: "a.gif", type: "image/gif"), "GIF"),
      (boris.sendsDocument(declaredSize: 25 << 20, name: "big.png"), "25 МБ"),
      (boris.sendsMedia("video"), "видео"),
      (boris.sendsDocument([1], name: "a.zip", type: "application/zip"), "не изображение"),
      (boris.sendsPhoto([0], width: 8000, height: 6000), "8000 × 6000"),
    ]
    let fetched = server.calls(of: "getFile").count
    for (message, words) in sent {
      #expect(server.wait(upTo: 5) { $0.answers(in: 7).contains { $0.replyTo == message } })
      let text = server.answers(in: 7).first { $0.replyTo == message }?.text ?? ""
      #expect(text.contains(words), "\(text)")
    }
    #expect(fetched == 0)

    // What only the content shows: a GIF, text and an HEIC under false names.
    let lies: [(Int, String)] = [
      (boris.sendsDocument(Array("GIF89a\u{1}\0\u{1}\0".utf8), name: "x.png"), "GIF"),
      (boris.sendsDocument(Array("hello, this is text".utf8), name: "x.jpg"), "не изображение"),
      (
        boris.sendsDocument([0, 0, 0, 24] + Array("ftypheic".utf8), name: "x.png"), "HEIC"
      ),
    ]
    for (message, words) in lies {
      #expect(
        server.wait(upTo: 20) { server in
          server.answers(in: 7).contains {
            $0.replyTo == message && $0.text?.contains(words) == true
          }
        }, "\(words): \(server.answers(in: 7).compactMap(\.text))")
    }
    #expect(server.violations.isEmpty, "\(server.violations)")
    try bot.stop()
  }

  @Test("A photo of 4000 x 3000 has an answer in words within seconds")
  func largePhoto() throws {
    let server = try FakeBotAPI()
    defer { server.stop() }
    let bot = try BotProcess(server)
    let ann = server.user(id: 42, language: "en")
    let photo = ann.sendsPhoto([0], width: 4000, height: 3000)
    #expect(server.wait(upTo: 5) { $0.allMessages(in: 42).contains { $0.replyTo == photo } })
    let text = server.allMessages(in: 42).first { $0.replyTo == photo }?.text ?? ""
    // By how fast this machine is: accepted with the time it takes, or refused with the limit.
    #expect(
      text.contains("4000 × 3000 → 16000 × 12000") || text.contains("is the limit"), "\(text)")
    #expect(text.contains("min"))
    try bot.stop()
  }
}
