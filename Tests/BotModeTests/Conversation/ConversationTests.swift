import Testing
import Upscale

@testable import BotMode

/// Messages and presses of users, and their effects on the state.
struct ConversationTests {
  @Test("/start greets, by name where there is one, and asks for a picture")
  func start() {
    var talk = Talk()
    talk.hears("/start")
    #expect(talk.said.count == 1)
    #expect(talk.said[0].hasPrefix("Hello, Ann!"))
    #expect(talk.said[0].contains("Send me a picture"))
    talk.hears(
      Update(
        updateID: 5,
        message: Message(
          id: 5, date: 1, chat: Chat(id: 3), from: User(id: 3, languageCode: "ru-RU"),
          text: "/start")))
    #expect(talk.said[1].hasPrefix("Здравствуйте!\n"))
  }

  @Test("A photo is accepted: its largest size, the sender's settings, a card")
  func photo() {
    var talk = Talk()
    talk.gets(photo: (1280, 720))
    #expect(talk.jobs.count == 1)
    #expect(talk.jobs[0].source.fileID.hasPrefix("photo"))
    #expect(talk.jobs[0].source.width == 1280)
    #expect(talk.jobs[0].wish == Wish())
    #expect(talk.state.cards.rows.count == 1)
    #expect(talk.said.isEmpty, "the card is the answer")
    #expect(talk.state.memory.tally.accepted == 1)
  }

  @Test(
    "A caption chooses for one picture",
    arguments: [
      ("x2 anime jpg", Wish(look: .anime, scale: 2, format: .jpeg)),
      ("Быстро, х3 ПНГ!", Wish(look: .fast, scale: 3, format: .png)),
      ("clean x2", Wish(look: .clean, scale: 2)), ("Чистое", Wish(look: .clean)),
      ("webp 2x", Wish(look: .photo, scale: 2, format: .webp)),
      ("my holiday x9 in 4k", Wish()),
      ("", Wish()),
    ])
  func caption(caption: String, wish: Wish) {
    var talk = Talk()
    talk.gets(photo: (640, 480), caption: caption)
    #expect(talk.jobs[0].wish == wish)
    #expect(talk.state.users[Talk.ann]?.wish == nil, "nothing is remembered")
  }

  @Test("What is no picture is refused in words, at once and by what it is")
  func refusals() {
    var talk = Talk()
    talk.gets(sticker: Sticker(fileID: "s", width: 512, height: 512, isAnimated: true))
    talk.gets(sticker: Sticker(fileID: "s", width: 512, height: 512, isVideo: true))
    let gif = Document(fileID: "g", fileName: "a.mp4", mimeType: "video/mp4", fileSize: 10)
    talk.gets(document: gif, animation: gif)
    talk.gets(document: Document(fileID: "d", fileName: "a.gif", mimeType: "image/gif"))
    talk.gets(document: Document(fileID: "d", fileName: "a.HEIC"))
    talk.gets(document: Document(fileID: "d", fileName: "a.pdf", mimeType: "application/pdf"))
    talk.gets(document: Document(fileID: "d", fileName: "a.txt", mimeType: "text/plain"))
    talk.gets(other: "video")
    talk.gets(other: "voice")
    talk.gets(
      document: Document(
        fileID: "d", fileName: "a.png", mimeType: "image/png", fileSize: 25 << 20))
    talk.gets(photo: (6000, 5000))
    let parts = [
      "moves", "moves", "animation", "GIF", "HEIC", "PDF", "not a picture", "video", "sound",
      "25 MB", "6000 × 5000",
    ]
    #expect(talk.said.count == parts.count)
    for (text, part) in zip(talk.said, parts) { #expect(text.contains(part), "\(text)") }
    #expect(talk.jobs.isEmpty)
    #expect(talk.state.memory.tally.refused == parts.count)
    for item in talk.state.outbox.rows.values { #expect(item.replyTo != nil) }
  }

  @Test("A document may be a picture whatever it is called; only its content tells")
  func documents() {
    for document in [
      Document(fileID: "a"), Document(fileID: "b", fileName: "scan"),
      Document(fileID: "c", fileName: "x.jpg", mimeType: "application/octet-stream"),
      Document(fileID: "d", fileName: "x.gif", mimeType: "image/png"),
      Document(fileID: "e", fileName: "x.webp", mimeType: "image/webp", fileSize: 20 << 20),
    ] {
      var talk = Talk()
      talk.gets(document: document)
      #expect(talk.jobs.count == 1, "\(document)")
    }
  }

  @Test("A picture that would take too long is refused with the time and the limit")
  func tooLong() {
    var talk = Talk()
    talk.state.memory.paces["photo"] = 500
    talk.gets(photo: (4000, 3000))
    #expect(talk.said.first?.contains("about 100 min") == false)
    #expect(talk.said.first?.contains("1 h 40 min") == true, "\(talk.said)")
    #expect(talk.said.first?.contains("30 min") == true)
    #expect(talk.jobs.isEmpty)
  }

  @Test("A document is taken with a guess of its pixels, which is never beyond the limits")
  func guess() {
    var talk = Talk()
    talk.state.memory.paces["photo"] = 10
    talk.gets(
      document: Document(
        fileID: "d", fileName: "a.jpg", mimeType: "image/jpeg", fileSize: 1_500_000))
    talk.gets(document: Document(fileID: "e", fileName: "b.JPG", fileSize: 20 << 20))
    #expect(talk.jobs.map(\.guessedMegapixels) == [6, 25])
    #expect(talk.jobs.map(\.source.format) == [.jpeg, .jpeg])
    talk.gets(photo: (100, 100))
    #expect(talk.jobs.last?.guessedMegapixels == nil)
  }

  @Test("One user's pictures are limited, and those of all")
  func limits() {
    var talk = Talk()
    talk.conversation.rules.maxPerUser = 2
    talk.conversation.rules.maxJobs = 3
    for _ in 0..<3 { talk.gets(photo: (64, 64)) }
    #expect(talk.jobs.count == 2)
    #expect(talk.said.last?.hasPrefix("2 of your pictures") == true)
    for _ in 0..<2 { talk.gets(photo: (64, 64), from: Talk.bob) }
    #expect(talk.jobs.count == 3)
    #expect(talk.said.last?.hasPrefix("Too many pictures") == true)
  }

  @Test(
    "/restart, /upscale_image and /cancel take all pictures of the user away, and no others",
    arguments: ["/restart", "/upscale_image", "/cancel"])
  func interrupts(command: String) {
    var talk = Talk()
    talk.gets(photo: (64, 64))
    talk.gets(document: Document(fileID: "d", fileName: "cat.png"))
    talk.gets(photo: (64, 64), from: Talk.bob)
    talk.hears(command)
    #expect(talk.jobs.map(\.user) == [Talk.bob])
    #expect(talk.state.cards.rows.count == 1)
    #expect(talk.said.last?.hasPrefix("Stopped: photo, cat.png.") == true)
    #expect(talk.said.last?.contains("Send me") == (command != "/cancel"))
    talk.hears(command)
    #expect(talk.jobs.count == 1)
    if command == "/cancel" { #expect(talk.said.last?.contains("nothing to stop") == true) }
  }

  @Test("The button below a card cancels its pictures; a stranger's press does not")
  func cancelButton() throws {
    var talk = Talk()
    talk.gets(photo: (64, 64), caption: "/upscale", in: Talk.group)
    let card = try #require(talk.state.cards.ids.first)
    talk.state.cards[card]?.message = 77
    let stranger = talk.presses("cancel:\(card)", from: Talk.bob, in: Talk.group)
    #expect(
      stranger
        == [.answerButton(query: "press", text: "This is not your picture.", isAlert: true)])
    #expect(talk.jobs.count == 1)
    let owner = talk.presses("cancel:\(card)", in: Talk.group)
    #expect(owner == [.answerButton(query: "press", text: "Cancelled.", isAlert: false)])
    #expect(talk.jobs.isEmpty)
    #expect(
      talk.state.outbox.rows.values.map(\.content)
        == [.edit(message: 77, text: "Cancelled.", nil)])
    let again = talk.presses("cancel:\(card)", in: Talk.group)
    #expect(
      again == [.answerButton(query: "press", text: "This is over already.", isAlert: false)])
  }

  @Test("Forged data of buttons does nothing")
  func forged() {
    var talk = Talk()
    for data in [
      "", ":", "cancel", "cancel:x", "cancel:99999999999999999999", "scale:64", "scale:-1",
      "look:../../etc", "again:photo:4", "again:photo:4:exe", "language:xx",
      String(repeating: "a", count: 65),
    ] {
      #expect(
        talk.presses(data)
          == [.answerButton(query: "press", text: "This button is old.", isAlert: false)])
    }
    #expect(talk.state.users.rows.isEmpty && talk.said.isEmpty)
  }

  @Test("Settings are kept for the user, and shown with marks")
  func settings() throws {
    var talk = Talk()
    talk.hears("/settings")
    talk.presses("look:anime")
    talk.presses("scale:2")
    talk.presses("format:webp")
    #expect(talk.state.users[Talk.ann]?.wish == Wish(look: .anime, scale: 2, format: .webp))
    guard
      case .edit(7, let text, .buttons(let rows)?)? = talk.state.outbox.rows
        .max(by: { $0.key < $1.key })?.value.content
    else {
      Issue.record("the menu is not edited")
      return
    }
    #expect(text.contains("anime and drawings, ×2, WebP"))
    #expect(
      rows.flatMap { $0 }.filter { $0.text.hasPrefix("✓") }.map(\.data)
        == [.look(.anime), .scale(2), .format(.webp)])
    talk.gets(photo: (64, 64))
    #expect(talk.jobs[0].wish.look == .anime)
    #expect(talk.presses("scale:2").count == 1, "pressed again: answered, and nothing is edited")
  }

  @Test("Data of buttons is short enough and comes back as it was")
  func buttonData() {
    for data: ButtonData in [
      .cancel(card: .max), .look(.anime), .scale(3), .format(.jpeg), .language(.russian),
      .again(Wish(look: .anime, scale: 4, format: .jpeg)),
    ] {
      #expect(data.text.utf8.count <= 64)
      #expect(ButtonData(data.text) == data)
    }
  }

  @Test("The language follows the user's program until he chooses another")
  func language() {
    var talk = Talk()
    talk.hears("/help", language: "ru")
    #expect(
      talk.said.last?.contains("Пришлите") == true
        || talk.said.last?.contains("Ограничения") == true)
    talk.hears("/help", language: "pt-br")
    #expect(talk.said.last?.contains("Limits") == true)
    talk.presses("language:ru")
    talk.hears("/cancel", language: "en")
    #expect(talk.said.last?.hasPrefix("Останавливать нечего") == true)
  }

  @Test(
    "An album is one card; the first picture's caption holds for all, and one bad item for none")
  func album() {
    var talk = Talk()
    talk.gets(photo: (640, 480), caption: "x2 anime", album: "a")
    talk.gets(photo: (640, 480), album: "a")
    talk.gets(document: Document(fileID: "v", mimeType: "video/mp4"), album: "a")
    talk.gets(photo: (320, 240), album: "b")
    #expect(talk.jobs.map(\.wish.look) == [.anime, .anime, .photo])
    #expect(talk.state.cards.rows.count == 2)
    #expect(talk.said.count == 1 && talk.said[0].contains("video"))
    let due = talk.state.cards.rows.values.map(\.due)
    #expect(due.allSatisfy { $0 > talk.conversation.now }, "more of the album may come")
  }

  @Test("In groups only what is meant for the bot counts")
  func groups() {
    var talk = Talk()
    talk.gets(photo: (64, 64), in: Talk.group)
    talk.gets(photo: (64, 64), caption: "look at this", in: Talk.group)
    talk.gets(other: "video", in: Talk.group)
    talk.hears("hello", in: Talk.group)
    talk.hears("/weather", in: Talk.group)
    talk.hears("/cancel@another_bot", in: Talk.group)
    #expect(talk.jobs.isEmpty && talk.said.isEmpty)
    talk.gets(photo: (64, 64), caption: "/upscale x2", in: Talk.group)
    talk.gets(photo: (64, 64), caption: "@Upscale_Bot please", in: Talk.group)
    let other = Message(
      id: 5, date: 1, chat: Chat(id: Talk.group, type: "group"), from: User(id: Talk.bob),
      photo: [PhotoSize(fileID: "his", width: 32, height: 32)])
    talk.hears("/upscale@upscale_bot anime", in: Talk.group, replyingTo: other)
    #expect(talk.jobs.map(\.source.fileID).last == "his")
    #expect(talk.jobs.map(\.message).last == 5, "the picture is answered, not the command")
    #expect(talk.jobs.map(\.wish.scale) == [2, 4, 4])
    #expect(talk.jobs.map(\.wish.look) == [.photo, .photo, .anime])
    #expect(talk.jobs.allSatisfy { $0.isGroup })
    talk.hears("/upscale", in: Talk.group)
    #expect(talk.said.last?.contains("Answer a message") == true)
  }

  @Test("A picture once more, differently, by the button below its result")
  func again() {
    var talk = Talk()
    let original = Message(
      id: 55, date: 1, chat: Chat(id: Talk.ann), from: User(id: Talk.ann),
      photo: [PhotoSize(fileID: "old", width: 32, height: 32)])
    talk.presses("again:anime:2:png", original: original)
    #expect(talk.jobs.map(\.source.fileID) == ["old"])
    #expect(talk.jobs.map(\.message) == [55])
    #expect(talk.jobs[0].wish == Wish(look: .anime, scale: 2))
    let gone = talk.presses("again:anime:2:png")
    #expect(gone.count == 1)
    #expect(talk.jobs.count == 1)
  }

  @Test("Whoever is not served is told his number; admins are served, and alone see figures")
  func access() {
    var talk = Talk()
    talk.conversation.rules.allowed = [1]
    talk.conversation.rules.admins = [Talk.bob]
    talk.gets(photo: (64, 64))
    talk.hears("/stats")
    #expect(talk.jobs.isEmpty)
    #expect(talk.said.allSatisfy { $0.contains("number: 11") })
    talk.gets(photo: (64, 64), from: Talk.bob)
    talk.hears("/stats", from: Talk.bob)
    #expect(talk.jobs.count == 1)
    #expect(talk.said.last?.contains("accepted 1") == true)
    talk.conversation.rules.allowed = nil
    talk.sent()
    talk.hears("/stats")
    #expect(talk.said.last?.contains("owner") == true)
  }

  @Test("/forget deletes settings and pictures, in every chat")
  func forget() {
    var talk = Talk()
    talk.presses("scale:2")
    talk.gets(photo: (64, 64))
    talk.gets(photo: (64, 64), caption: "/upscale", in: Talk.group)
    talk.hears("/forget")
    #expect(talk.jobs.isEmpty)
    #expect(talk.state.users.rows.isEmpty)
    #expect(talk.state.cards.rows.isEmpty)
  }

  @Test("A flood of commands is not answered for ever")
  func flood() {
    var talk = Talk()
    for _ in 0..<1000 { talk.hears("/help") }
    #expect(talk.said.count == BotState.mostWaitingOfChat)
  }

  @Test("Bots, channels and empty messages are no events")
  func ignored() {
    let bot = Message(
      id: 1, date: 1, chat: Chat(id: 3), from: User(id: 3, isBot: true), text: "/start")
    let channel = Message(
      id: 1, date: 1, chat: Chat(id: -100, type: "channel"), from: User(id: 3), text: "/start")
    let service = Message(id: 1, date: 1, chat: Chat(id: 3), from: User(id: 3))
    for message in [bot, channel, service] {
      #expect(Incoming(Update(updateID: 1, message: message), name: nil) == nil)
    }
    #expect(Incoming(Update(updateID: 1), name: nil) == nil)
  }

  @Test("Who blocks the bot has nothing left in it; a group that moves is followed")
  func goneAndMoved() {
    var talk = Talk()
    talk.gets(photo: (64, 64))
    talk.gets(photo: (64, 64), caption: "/upscale", in: Talk.group)
    talk.hears(
      Update(
        updateID: 9,
        myChatMember: ChatMemberUpdated(
          chat: Chat(id: Talk.ann), from: User(id: Talk.ann), status: "kicked")))
    #expect(talk.jobs.map(\.chat) == [Talk.group])
    talk.hears(
      Update(
        updateID: 10,
        message: Message(
          id: 1, date: 1, chat: Chat(id: Talk.group, type: "group"), from: User(id: Talk.ann),
          migrateToChatID: -1007)))
    #expect(talk.jobs.map(\.chat) == [-1007])
    #expect(talk.state.cards.rows.values.map(\.chat) == [-1007])
  }

  @Test("/status tells where each picture is")
  func status() {
    var talk = Talk()
    talk.state.memory.paces["photo"] = 60
    talk.hears("/status")
    #expect(talk.said == ["No picture of yours is in work."])
    talk.gets(photo: (1000, 1000), from: Talk.bob)
    talk.gets(photo: (1000, 1000))
    talk.sent()
    talk.hears("/status")
    #expect(talk.said[0].contains("1000 × 1000 → 4000 × 4000"))
    #expect(talk.said[0].contains("Place 2 in the queue, ready in about 2 min."))
  }
}
