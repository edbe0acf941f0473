import Testing
import Upscale

@testable import BotMode

/// The texts of the bot.
struct TextsTests {
  @Test("Every text is there in each language, and fits where Telegram shows it")
  func lengths() {
    for language in Language.allCases {
      let texts = Texts(language: language)
      #expect(texts.help(BotRules()).utf16.count <= 4096)
      #expect(texts.privacy.utf16.count <= 4096)
      #expect(texts.description.utf16.count <= 512)
      #expect(texts.shortDescription.utf16.count <= 120)
      for command in ChatCommand.allCases {
        #expect(command.rawValue.utf8.count <= 32)
        #expect((1...256).contains(texts.summary(of: command).utf16.count))
      }
      for text in [
        texts.saved, texts.isCancelled, texts.alreadyOver, texts.notYours, texts.notYourButton,
        texts.pictureIsGone, texts.notAllowed(.max), texts.languageChosen,
      ] { #expect(text.count <= 200) }
    }
  }

  @Test("The two languages differ in every text")
  func translated() {
    let (english, russian) = (Texts(language: .english), Texts(language: .russian))
    let failures: [Failure] = [
      .notAPicture, .damaged, .resultTooLarge, .noMemory, .noDisk, .crashed, .tookTooLong,
      .cannotFetch, .cannotSend, .internalFault, .foreign("GIF"),
      .unusable(.tooManyBytes(1 << 25)), .unusable(.tooManyPixels(width: 1, height: 2)),
      .unusable(.takesTooLong(seconds: 4000)), .unusable(.animatedSticker), .unusable(.animation),
      .unusable(.video), .unusable(.audio),
    ]
    for failure in failures {
      let (one, other) = (
        english.failure(failure, BotRules()), russian.failure(failure, BotRules())
      )
      #expect(one != other)
      #expect(one.unicodeScalars.allSatisfy { !("а"..."я").contains($0) }, "\(one)")
      #expect(other.unicodeScalars.contains { ("а"..."я").contains($0) }, "\(other)")
    }
  }

  @Test(
    "Durations as people say them",
    arguments: [
      (0.2, "about 1 s"), (3.1, "about 4 s"), (41, "about 45 s"), (89, "about 90 s"),
      (170, "about 3 min"), (6000, "about 1 h 40 min"), (.infinity, "about 277 h 47 min"),
      (-5, "about 1 s"),
    ])
  func durations(seconds: Double, text: String) {
    #expect(Texts(language: .english).duration(seconds) == text)
  }

  @Test("A result is called like its original; nothing in a name is a path or a header")
  func names() {
    func name(_ name: String?, _ kind: PictureOffer.Kind = .document) -> String {
      PictureOffer(kind: kind, fileID: "", name: name)
        .resultName(scale: "4", fileExtension: "png", message: 9)
    }
    #expect(name("cat.jpg") == "cat_x4.png")
    #expect(name("кот и пёс.webp") == "кот и пёс_x4.png")
    #expect(name("archive.tar.png") == "archive.tar_x4.png")
    #expect(name(".png") == ".png_x4.png")
    #expect(!name("../../etc/passwd.png").contains("/"))
    #expect(name("../../etc/passwd.png").hasSuffix("passwd_x4.png"))
    #expect(!name("a\r\nContent-Type: x\".png").contains("\r"))
    #expect(!name("a/b\\c.png").contains("/"))
    #expect(name(nil) == "picture_9_x4.png")
    #expect(name("...") == "picture_9_x4.png")
    #expect(name(String(repeating: "ж", count: 500) + ".png").utf8.count <= 130)
    #expect(name(nil, .photo) == "photo_9_x4.png")
    #expect(name("x", .sticker) == "sticker_9_x4.png")
  }

  @Test("A card says what comes in and goes out, the place and the time, and how far it is")
  func card() {
    var state = BotState()
    state.memory.paces["photo"] = 10
    let photo = PictureOffer(kind: .photo, fileID: "f", width: 1000, height: 500)
    for user in [Int64(1), 2] {
      state.jobs[state.newID()] = Job(
        chat: user, user: user, message: 1, language: .english, card: user, source: photo,
        wish: Wish(), accepted: 0)
    }
    let texts = Texts(language: .english)
    func text(_ card: Int64, _ states: [Int64: JobState] = [:]) -> String {
      CardText.text(state.jobs(of: card), states, Outlook(state, states), texts)
    }
    let first = "photo: 1000 × 500 → 4000 × 2000\n"
    #expect(text(1) == first + "Next in turn, ready in about 6 s.")
    #expect(text(2) == first + "Place 2 in the queue, ready in about 15 s.")
    #expect(text(1, [1: .fetching]) == first + "Fetching the picture, ready in about 6 s.")
    #expect(text(1, [1: .computing(0.424, 3)]) == first + "Enlarging: 42 %, about 3 s left.")
    #expect(
      text(2, [1: .computing(0.424, 30)])
        == first + "Place 2 in the queue, ready in about 40 s.")
    #expect(
      text(1, [1: .fitting(7)])
        == first + "Making the file small enough to send, about 7 s left.")
    #expect(text(1, [1: .sending]) == first + "Sending the result, which takes about 6 s.")
    state.jobs[2]?.card = 1
    #expect(text(1).hasPrefix("Album, 2 to do:\n1. photo: 1000 × 500"))
    for _ in 0..<200 { state.jobs[state.newID()] = state.jobs[2] }
    #expect(text(1).utf16.count <= 4096)
  }

  @Test("Whatever a picture's state, its card tells how long it takes, in each language")
  func expectedTime() {
    let finished = FinishedPicture(
      file: EncodedFile(path: "f", format: .png, width: 40, height: 20, bytes: 1),
      inputWidth: 10, inputHeight: 5, concessions: [], seconds: 1)
    let rendered = RenderedPicture(
      file: EncodedFile(path: "p", format: .png, width: 40, height: 20, bytes: 1), scale: 4)
    let offers = [
      PictureOffer(kind: .photo, fileID: "f", width: 4000, height: 3000),
      PictureOffer(kind: .document, fileID: "f", size: 3_000_000, name: "a.jpg", format: .jpeg),
      PictureOffer(kind: .document, fileID: "f"),
    ]
    let stages: [Job.Stage] = [.waiting, .rendered(rendered), .finished(finished)]
    let states: [JobState?] = [
      nil, .resting, .fetching, .fetched, .computing(0, 12), .fitting(3), .sending,
    ]
    for language in Language.allCases {
      let texts = Texts(language: language)
      let time =
        language == .english
        ? /about [0-9]+ (?:s|min)/ : /примерно (?:через )?[0-9]+ (?:с|мин)/
      for offer in offers {
        for stage in stages {
          for activity in states {
            // With a speed that is known, and before there is one.
            for pace in [nil, 10.0] {
              var state = BotState()
              state.memory.paces["photo"] = pace
              state.jobs[1] = Job(
                chat: 1, user: 1, message: 1, language: language, card: 9, source: offer,
                wish: Wish(), accepted: 0, stage: stage)
              var doing: [Int64: JobState] = [:]
              doing[1] = activity
              let text = CardText.text(
                state.jobs(of: 9), doing, Outlook(state, doing), texts)
              #expect(text.contains(time), "\(stage) \(activity as Any): \(text)")
            }
          }
        }
      }
    }
  }

  @Test(
    "A picture that is not whole is named with what is missing, on its card and with its result")
  func damage() {
    let named = PictureOffer(kind: .document, fileID: "f", width: 10, height: 5, name: "cat.jpg")
    let photo = PictureOffer(kind: .photo, fileID: "f", width: 10, height: 5)
    let cases: [(PictureDamage, PictureOffer, String, String)] = [
      (
        PictureDamage(missingShare: 0.337), named,
        "cat.jpg is not whole: the lower 34 % of it is missing in the file, and gray in the result.",
        "Файл cat.jpg неполный: в нём нет 34 % изображения снизу, в результате там серый цвет."
      ),
      (
        PictureDamage(missingShare: 0.999, missingSide: .left, isAltered: true), photo,
        "The picture is not whole: the left 99 % of it is missing in the file, and gray in the "
          + "result. Other parts may be wrong.",
        "Файл изображения неполный: в нём нет 99 % изображения слева, в результате там серый цвет. "
          + "Другие части могут быть неверны."
      ),
      (
        PictureDamage(missingShare: 1), named,
        "cat.jpg is not whole: all of it is missing in the file, and gray in the result.",
        "Файл cat.jpg неполный: самого изображения в нём нет, результат серый."
      ),
      (
        PictureDamage(lacksDetail: true), named,
        "cat.jpg is not whole: the file ends early, so finer detail or colour is missing.",
        "Файл cat.jpg неполный: он обрывается, и не хватает мелких деталей или цвета."
      ),
      (
        PictureDamage(isAltered: true), photo,
        "The picture is damaged: some of its pixels may be wrong.",
        "Файл изображения повреждён: часть пикселей может быть неверной."
      ),
    ]
    for (damage, source, english, russian) in cases {
      for (language, words) in [(Language.english, english), (.russian, russian)] {
        let texts = Texts(language: language)
        #expect(texts.damage(damage, of: source) == words)
        let finished = FinishedPicture(
          file: EncodedFile(path: "f", format: .png, width: 40, height: 20, bytes: 1),
          inputWidth: 10, inputHeight: 5, concessions: [], seconds: 1, damage: damage)
        #expect(texts.caption(finished, of: source).hasSuffix("\n" + words))
        #expect(texts.caption(finished, of: source).utf16.count <= 1024)
        let rendered = RenderedPicture(
          file: EncodedFile(path: "p", format: .png, width: 40, height: 20, bytes: 1), scale: 4,
          damage: damage)
        for stage in [Job.Stage.rendered(rendered), .finished(finished)] {
          var state = BotState()
          state.jobs[1] = Job(
            chat: 1, user: 1, message: 1, language: language, card: 9, source: source,
            wish: Wish(), accepted: 0, stage: stage)
          let card = CardText.text(state.jobs(of: 9), [:], Outlook(state, [:]), texts)
          #expect(card.hasSuffix("\n" + words), "\(card)")
        }
      }
    }
  }

  @Test("A time that rests on a file's size says so, until the size of the picture is known")
  func roughTime() {
    for (language, words) in [
      (Language.english, "judging by the file's size"), (.russian, "судя по размеру файла"),
    ] {
      var state = BotState()
      state.memory.paces["photo"] = 10
      state.jobs[1] = Job(
        chat: 1, user: 1, message: 1, language: language, card: 9,
        source: PictureOffer(
          kind: .document, fileID: "f", size: 3_000_000, name: "a.jpg", format: .jpeg),
        wish: Wish(), accepted: 0)
      func text(_ activity: JobState) -> String {
        CardText.text(
          state.jobs(of: 9), [1: activity], Outlook(state, [1: activity]),
          Texts(language: language))
      }
      for activity in [JobState.resting, .fetching, .fetched] {
        #expect(text(activity).contains(words))
        // 12 million pixels of 10 s each.
        #expect(text(activity).contains(" 2 "), "\(text(activity))")
      }
      state.jobs[1]?.source.width = 400
      state.jobs[1]?.source.height = 300
      #expect(!text(.resting).contains(words))
      #expect(!text(.fetching).contains(words))
    }
  }

  @Test("Names of files appear in texts as they are, on one line")
  func titles() {
    let texts = Texts(language: .english)
    #expect(
      PictureOffer(kind: .document, fileID: "", name: "a\nb\u{2028}c.png").title(texts)
        == "a b c.png")
    #expect(
      PictureOffer(kind: .document, fileID: "", name: String(repeating: "a", count: 300))
        .title(texts).count == 37)
  }
}
