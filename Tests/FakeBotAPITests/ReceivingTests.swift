import FakeBotAPI
import Foundation
import Testing

/// Messages of people, and how a bot gets the bytes of their files.
@Suite struct ReceivingTests {
  let server: FakeBotAPI
  let client: Client
  let ann: FakeBotAPI.User

  init() throws {
    server = try FakeBotAPI()
    client = Client(server)
    ann = server.user(id: 42, name: "Ann")
  }

  private func messages() throws -> [JSON] {
    (try client.call("getUpdates").result?.items ?? []).compactMap { $0["message"] }
  }

  private func file(_ attachment: JSON?) throws -> Client.Answer {
    try client.call("getFile", ["file_id": attachment?["file_id"]?.asString ?? ""])
  }

  @Test("a photo comes in sizes, the smallest first, or the other way round") func photo() throws {
    defer { server.stop() }
    let bytes = [UInt8](repeating: 3, count: 5000)
    ann.sendsPhoto(bytes, width: 1000, height: 500, caption: "x2")
    server.options.reversesPhotoSizes = true
    ann.sendsPhoto(bytes, width: 1000, height: 500)
    let messages = try messages()
    let widths = messages.map { ($0["photo"]?.items ?? []).map { $0["width"]?.asInteger } }
    #expect(widths == [[90, 320, 800, 1000], [1000, 800, 320, 90]])
    #expect(messages[0]["caption"] == "x2")
    #expect(messages[0]["text"] == nil)
    #expect(messages[0]["from"]?["username"] == nil)
    let largest = try file(messages[0]["photo"]?.items.last).result
    #expect(largest?["file_size"] == 5000)
    let path = try #require(largest?["file_path"]?.asString)
    #expect(path.hasPrefix("photos/"))
    #expect(try client.download(path).body == bytes)
    let smallest = try file(messages[0]["photo"]?.items.first).result?["file_path"]?.asString
    #expect(try client.download(smallest ?? "").body != bytes)
  }

  @Test("stickers, animations and albums look as Telegram's do") func otherMedia() throws {
    defer { server.stop() }
    ann.sendsSticker([1], isAnimated: true)
    ann.sendsMedia("animation", [2], caption: "moves")
    ann.sendsMedia("voice", [2])
    ann.sendsAlbum(
      [.photo([1], width: 50, height: 40), .document([2], name: nil, type: nil)], caption: "both")
    let messages = try messages()
    #expect(messages[0]["sticker"]?["is_animated"] == true)
    #expect(messages[0]["sticker"]?["is_video"] == false)
    #expect(messages[1]["animation"] != nil)
    #expect(messages[1]["document"]?["file_id"] == messages[1]["animation"]?["file_id"])
    #expect(messages[2]["voice"] != nil)
    #expect(messages[3]["media_group_id"] != nil)
    #expect(messages[3]["media_group_id"] == messages[4]["media_group_id"])
    #expect(messages[3]["caption"] == "both")
    #expect(messages[4]["caption"] == nil)
    #expect(messages[4]["document"]?["file_name"] == nil)
  }

  @Test("files of more than 20 MB cannot be had, except from a server of one's own")
  func large() throws {
    defer { server.stop() }
    ann.sendsDocument(declaredSize: 21 << 20)
    ann.sendsDocument(declaredSize: 20 << 20)
    let messages = try messages()
    #expect(messages[0]["document"]?["file_size"] == .integer(21 << 20))
    let refused = try file(messages[0]["document"])
    #expect(refused.status == 400)
    #expect(refused.words == "Bad Request: file is too big")
    #expect(try file(messages[1]["document"]).status == 200)
    server.options.isLocal = true
    let path = try #require(try file(messages[0]["document"]).result?["file_path"]?.asString)
    #expect(path.hasPrefix("/"))
    #expect(path.contains(server.token))
    let attributes = try FileManager.default.attributesOfItem(atPath: path)
    #expect(attributes[.size] as? Int == 21 << 20)
  }

  @Test("paths may need encoding, sizes may be missing, files may be gone for now")
  func oddFiles() throws {
    defer { server.stop() }
    server.options.usesOddFilePaths = true
    server.options.omitsFileSizes = true
    ann.sendsDocument([1, 2, 3])
    let document = try messages().first?["document"]
    #expect(document?["file_size"] == nil)
    server.inject(
      .badRequest("wrong file_id or the file is temporarily unavailable"), into: "getFile")
    #expect(
      try file(document).words
        == "Bad Request: wrong file_id or the file is temporarily unavailable")
    let result = try file(document).result
    #expect(result?["file_size"] == nil)
    let path = try #require(result?["file_path"]?.asString)
    let encoded = path.addingPercentEncoding(
      withAllowedCharacters: .alphanumerics.union(.init(charactersIn: "/._-")))
    #expect(encoded != path)
    #expect(try client.download(encoded ?? "").body == [1, 2, 3])
    #expect(server.violations.isEmpty)
    #expect(try file(nil).words == "Bad Request: invalid file_id")
  }

  @Test("in groups a bot sees commands and replies; replies carry what they reply to")
  func groups() throws {
    defer { server.stop() }
    let group = server.group(id: -100, title: "Cats")
    let photo = ann.sendsPhoto([1], width: 50, height: 50, .to(group))
    ann.sends("nice", .to(group))
    ann.sends("/upscale", .to(group, replyTo: photo))
    let seen = try messages()
    #expect(seen.count == 1)
    #expect(seen[0]["chat"] == ["id": -100, "type": "group", "title": "Cats"])
    #expect(seen[0]["from"]?["id"] == 42)
    #expect(seen[0]["entities"]?.items.first?["type"] == "bot_command")
    #expect(seen[0]["reply_to_message"]?["message_id"] == .integer(Int64(photo)))
    #expect(seen[0]["reply_to_message"]?["photo"] != nil)
    server.options.hasPrivacyMode = false
    ann.sends("hello", .to(group))
    #expect(try messages().count == 2)
  }

  @Test("presses are answered in time or too late") func presses() throws {
    defer { server.stop() }
    let keyboard = #"{"inline_keyboard":[[{"text":"Cancel","callback_data":"c1"}]]}"#
    try client.call(
      "sendMessage", ["chat_id": "42", "text": "a", "reply_markup": keyboard])
    let message = try #require(server.answers(in: 42).first)
    #expect(message.buttons == [[.init(text: "Cancel", data: "c1")]])
    let query = try #require(ann.presses(label: "Cancel", on: message.id))
    #expect(ann.presses(label: "Stop", on: message.id) == nil)
    let update = try client.call("getUpdates").result?.items.first?["callback_query"]
    #expect(update?["id"] == .string(query))
    #expect(update?["message"]?["text"] == "a")
    #expect(update?["message"]?["reply_markup"] != nil)
    #expect(server.unansweredCallbacks == [query])
    #expect(
      try client.call("answerCallbackQuery", ["callback_query_id": query, "text": "ok"]).result
        == true)
    #expect(server.callbackAnswers(query).map { $0.text } == ["ok"])
    #expect(server.unansweredCallbacks.isEmpty)
    let late = ann.presses("c1", on: message.id, isInaccessible: true)
    server.expireCallbacks()
    #expect(
      try client.call("answerCallbackQuery", ["callback_query_id": late]).words
        == "Bad Request: query is too old and response timeout expired or query ID is invalid")
    let last = try client.call("getUpdates").result?.items.last?["callback_query"]
    #expect(last?["message"]?["date"] == 0)
    #expect(last?["message"]?["text"] == nil)
  }
}
