import FakeBotAPI
import Foundation
import TestSupport
import TestTraits
import Testing
import Upscale

/// Whole conversations with the bot: real pictures, a real network, and the strict server as Telegram.
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
    #expect(server.wait { $0.documents(in: 42).count == 1 }, "\(bot.output)")
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
    #expect(server.wait { $0.documents(in: 42).count == 2 }, "\(bot.output)")
    let second = try #require(server.documents(in: 42).last)
    #expect(second.name == "Кот 1_x4.png")
    #expect(try Self.picture(second).layout.hasAlpha)

    // A sticker.
    ann.sendsSticker(try PictureEncoder.encode(drawing, as: .webp), width: 40, height: 30)
    #expect(server.wait { $0.documents(in: 42).count == 3 }, "\(bot.output)")
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
    #expect(server.wait { $0.documents(in: 42).count == 5 }, "\(bot.output)")
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
      #expect(server.wait { $0.answers(in: 7).contains { $0.replyTo == message } })
      let text = server.answers(in: 7).first { $0.replyTo == message }?.text ?? ""
      #expect(text.contains(words), "\(text)")
    }
    #expect(fetched == 0)

    // Files whose content is not what their names say: a GIF, text and an HEIC.
    let lies: [(Int, String)] = [
      (boris.sendsDocument(Array("GIF89a\u{1}\0\u{1}\0".utf8), name: "x.png"), "GIF"),
      (boris.sendsDocument(Array("hello, this is text".utf8), name: "x.jpg"), "не изображение"),
      (
        boris.sendsDocument([0, 0, 0, 24] + Array("ftypheic".utf8), name: "x.png"), "HEIC"
      ),
    ]
    for (message, words) in lies {
      #expect(
        server.wait { server in
          server.answers(in: 7).contains {
            $0.replyTo == message && $0.text?.contains(words) == true
          }
        }, "\(words): \(server.answers(in: 7).compactMap(\.text))")
    }
    #expect(server.violations.isEmpty, "\(server.violations)")
    try bot.stop()
  }

  @Test(
    "A picture whose file ends early comes back with what is missing, also when it is made smaller",
    arguments: [("en", "cut.jpg is not whole: the lower"), ("ru", "Файл cut.jpg неполный")])
  func notWhole(language: String, words: String) throws {
    let server = try FakeBotAPI()
    defer { server.stop() }
    let bot = try BotProcess(server)
    let ann = server.user(id: 42, language: language)
    let cut = Array(Samples.photo.prefix(Samples.photo.count * 2 / 3))
    // The second one is made smaller from the network's result.
    for count in 1...2 {
      if count == 2 {
        server.inject(.status(413, "Request Entity Too Large"), into: "sendDocument")
      }
      let message = ann.sendsDocument(cut, name: "cut.jpg", caption: "fast")
      #expect(server.wait { $0.documents(in: 42).count == count }, "\(bot.output)")
      let result = try #require(
        server.answers(in: 42).first { $0.document != nil && $0.replyTo == message })
      #expect(result.caption?.contains(words) == true, "\(result.caption ?? "")")
      #expect(result.caption?.contains(" % ") == true)
    }
    // For an undamaged picture the caption says nothing.
    ann.sendsDocument(Samples.photo, name: "cat.jpg", caption: "fast")
    #expect(server.wait { $0.documents(in: 42).count == 3 }, "\(bot.output)")
    let whole = try #require(server.answers(in: 42).last { $0.document != nil })
    #expect(whole.caption?.contains("whole") == false && whole.caption?.contains("непол") == false)
    try bot.stop()
  }

  @Test(
    "The first message of an accepted picture tells the expected time, on any machine",
    arguments: [
      ("en", "ready in about [0-9]+ (s|min|h)"), ("ru", "готово примерно через [0-9]+ (с|мин|ч)"),
    ])
  func expectedTime(language: String, pattern: String) throws {
    let time = try Regex(pattern)
    let server = try FakeBotAPI()
    defer { server.stop() }
    let bot = try BotProcess(server)
    let ann = server.user(id: 42, language: language)
    // Fetching hangs, so that the pictures are not done before their cards were checked.
    server.inject(.hang(seconds: 3600), into: "file", times: 2)
    // A size that even the slowest kernels compute within a day.
    let photo = ann.sendsPhoto([0], width: 1000, height: 750, caption: "fast")
    let first = try #require(Self.firstMessage(server, for: photo), "\(bot.output)")
    #expect(first.contains("1000 × 750 → 4000 × 3000"), "\(first)")
    #expect(first.contains(time), "\(first)")
    #expect(!first.contains("judging") && !first.contains("судя"))
    // The message of a document does not state its pixels.
    let document = ann.sendsDocument(Samples.photo, name: "cat.jpg")
    let second = try #require(Self.firstMessage(server, for: document), "\(bot.output)")
    #expect(second.contains("cat.jpg"), "\(second)")
    #expect(second.contains(time), "\(second)")
    #expect(
      second.contains(language == "en" ? "judging by the file's size" : "судя по размеру файла"))
    try bot.stop()
  }

  /// The first text of a picture's card.
  private static func firstMessage(_ server: FakeBotAPI, for picture: Int) -> String? {
    server.wait { server -> String? in
      server.calls(of: "sendMessage").first {
        $0.tookEffect && $0.json("reply_parameters")?["message_id"]?.asInteger == Int64(picture)
      }?.text
    }
  }

  @Test("A picture that takes longer than the limit is refused with both, on any machine")
  func tooLong() throws {
    let server = try FakeBotAPI()
    defer { server.stop() }
    // 25 million pixels take one thread of the fastest machine a quarter of an hour.
    let bot = try BotProcess(server, ["--threads", "1"], maxMinutes: 1)
    let ann = server.user(id: 42, language: "en")
    let photo = ann.sendsPhoto([0], width: 5000, height: 5000)
    let text = try #require(Self.firstMessage(server, for: photo), "\(bot.output)")
    #expect(text.contains("about 60 s is the limit"), "\(text)")
    #expect(text.contains(/would take about [0-9]+ (min|h)/), "\(text)")
    #expect(server.calls(of: "getFile").isEmpty)
    try bot.stop()
  }
}
