import Foundation
import Testing

@testable import BotMode

@Suite("Updates") struct UpdateDecodingTests {
  private func decode<Value: Decodable>(_ text: String) throws -> Value {
    try JSONDecoder().decode(Value.self, from: Data(text.utf8))
  }

  /// As `getUpdates` does it.
  private func updates(_ text: String) throws -> [Update] {
    let list: [Readable<Update>] = try decode(text)
    return list.compactMap(\.value)
  }

  private func message(_ fields: String) throws -> Message {
    try decode(#"{"message_id":1,"date":1700000000,"chat":{"id":5,"type":"private"},\#(fields)}"#)
  }

  @Test("A photo has its sizes, and the largest is found in any order") func photo() throws {
    let message = try message(
      #"""
      "from":{"id":9,"is_bot":false,"first_name":"Ann","language_code":"pt-br"},
      "caption":"x2 anime","media_group_id":"13","photo":[
      {"file_id":"b","file_unique_id":"ub","width":1280,"height":720,"file_size":99999999999},
      {"file_id":"a","file_unique_id":"ua","width":90,"height":51},{"width":1},7,null]
      """#)
    #expect(message.photo.map(\.fileID) == ["b", "a"])
    #expect(message.largestPhoto?.fileID == "b")
    #expect(message.largestPhoto?.fileSize == 99_999_999_999)
    #expect(message.caption == "x2 anime")
    #expect(message.mediaGroupID == "13")
    #expect(message.from?.languageCode == "pt-br")
    #expect(message.from?.firstName == "Ann")
    #expect(message.otherMedia == nil)
    #expect(!message.isInaccessible)
  }

  @Test("Documents, stickers and animations") func files() throws {
    let document = try message(
      #""document":{"file_id":"d","file_name":"a.png","mime_type":"image/png","file_size":3}"#)
    #expect(
      document.document
        == Document(fileID: "d", fileName: "a.png", mimeType: "image/png", fileSize: 3))
    #expect(try message(#""document":{"file_id":"d"}"#).document == Document(fileID: "d"))
    let sticker = try message(
      #"""
      "sticker":{"file_id":"s","type":"regular","width":512,"height":400,"is_animated":false,
      "is_video":true}
      """#)
    #expect(
      sticker.sticker == Sticker(fileID: "s", width: 512, height: 400, isVideo: true))
    let animation = try message(
      #""animation":{"file_id":"g","width":1},"document":{"file_id":"g"}"#)
    #expect(animation.animation?.fileID == "g")
    #expect(animation.document?.fileID == "g")
  }

  @Test(
    "Other media have a name",
    arguments: ["video", "video_note", "voice", "audio", "story", "poll", "dice", "location"])
  func otherMedia(name: String) throws {
    #expect(try message(#""\#(name)":{"file_id":"v"}"#).otherMedia == name)
    #expect(try message(#""\#(name)":null"#).otherMedia == nil)
  }

  @Test("A reply holds the message that it answers") func reply() throws {
    let message = try message(
      #"""
      "text":"/upscale","reply_to_message":{"message_id":7,"date":1,"chat":{"id":5},
      "photo":[{"file_id":"p","width":1,"height":1}]}
      """#)
    #expect(message.replyToMessage?.id == 7)
    #expect(message.replyToMessage?.photo.first?.fileID == "p")
    #expect(message.replyToMessage?.replyToMessage == nil)
  }

  @Test("A pressed button, also below a message that may no longer be seen") func callback() throws
  {
    let updates = try updates(
      #"""
      [{"update_id":1,"callback_query":{"id":"99","from":{"id":9},"data":"x","chat_instance":"1",
      "message":{"message_id":3,"chat":{"id":-5,"type":"group"},"date":0}}},
      {"update_id":2,"callback_query":{"id":"98","from":{"id":9}}}]
      """#)
    let query = try #require(updates[0].callbackQuery)
    #expect(query.id == "99")
    #expect(query.data == "x")
    #expect(query.message?.isInaccessible == true)
    #expect(query.message?.chat.isPrivate == false)
    #expect(updates[1].callbackQuery?.message == nil)
  }

  @Test("A bot that was blocked learns of it") func blocked() throws {
    let updates = try updates(
      #"""
      [{"update_id":1,"my_chat_member":{"chat":{"id":5,"type":"private"},"from":{"id":5},"date":1,
      "old_chat_member":{"status":"member"},"new_chat_member":{"status":"kicked"}}},
      {"update_id":2,"my_chat_member":{"chat":{"id":5},"new_chat_member":{"status":"member"}}}]
      """#)
    #expect(updates[0].myChatMember?.isGone == true)
    #expect(updates[1].myChatMember?.isGone == false)
  }

  @Test("An update that cannot be read is known by its identifier, and the others are there")
  func unreadable() throws {
    let updates = try updates(
      #"""
      [{"update_id":1,"message":{"message_id":1,"chat":{"id":5}}},
      {"update_id":2,"message":{"message_id":"one","chat":{"id":5}}},
      {"update_id":3,"message":[]}, {"update_id":4,"message":7}, {"update_id":5},
      {"update_id":6,"callback_query":{"id":1}}, {"update_id":7,"poll":{"id":"1"}},
      {"update_id":"eight"}, 9, null, [], "x", {},
      {"update_id":10,"message":{"message_id":2,"chat":{"id":5},"text":"\ud83d"}},
      {"update_id":4503599627370496,"message":{"message_id":3,"chat":{"id":-4503599627370496}}}]
      """#)
    #expect(updates.map(\.updateID) == [1, 2, 3, 4, 5, 6, 7, 10, 1 << 52])
    #expect(
      updates.map { $0.message?.id } == [1, nil, nil, nil, nil, nil, nil, 2, 3])
    #expect(updates.last?.message?.chat.id == -(1 << 52))
  }

  @Test("Every field that is not needed may be null or of another kind") func nulls() throws {
    let names = [
      "date", "from", "text", "caption", "photo", "document", "sticker", "animation", "video",
      "media_group_id", "reply_to_message", "migrate_to_chat_id",
    ]
    for value in ["null", "[]", "{}", "false"] {
      let fields = names.map { #""\#($0)":\#(value)"# }.joined(separator: ",")
      let message: Message = try decode(
        #"{"message_id":1,"chat":{"id":5,"type":\#(value)},\#(fields)}"#)
      #expect(message.id == 1)
      #expect(message.date == 0)
      #expect(message.from == nil && message.text == nil && message.caption == nil)
      #expect(message.photo.isEmpty && message.document == nil && message.sticker == nil)
      #expect(message.replyToMessage == nil && message.mediaGroupID == nil)
      #expect(message.migrateToChatID == nil && message.chat.type == nil)
    }
    let file: File = try decode(#"{"file_id":"x","file_size":null,"file_path":null}"#)
    #expect(file == File(fileID: "x"))
  }
}

@Suite("Buttons") struct MarkupTests {
  @Test("Buttons are written as the Bot API has them") func json() throws {
    #expect(
      Markup.inline([[.init("a/b \"c\"", data: "1")], [.init("✖", data: "2")]]).json
        == #"""
        {"inline_keyboard":[[{"callback_data":"1","text":"a/b \"c\""}],[{"callback_data":"2","text":"✖"}]]}
        """#)
    #expect(
      Markup.reply([["Помощь", "x"]], placeholder: "picture").json
        == #"{"input_field_placeholder":"picture","is_persistent":true,"#
        + #""keyboard":[[{"text":"Помощь"},{"text":"x"}]],"resize_keyboard":true}"#)
    #expect(!Markup.reply([["x"]]).json.contains("placeholder"))
    #expect(Markup.remove.json == #"{"remove_keyboard":true}"#)
  }
}

@Suite("Names of files that are sent") struct UploadNameTests {
  @Test(
    "A name is made harmless, and stays a name",
    arguments: [
      ("cat.png", "cat.png"), ("Кошка на диване_x4.png", "Кошка на диване_x4.png"),
      ("../../etc/passwd", "_.._etc_passwd"), ("a\r\nb\"c'd.png", "a__b_c_d.png"),
      ("a\\b:c*d?e<f>g|h.png", "a_b_c_d_e_f_g_h.png"), ("", "image"), (".png", "image.png"),
      ("...", "image"), ("  .jpg", "image.jpg"), ("archive.tar.gz", "archive.tar.gz"),
      ("a\u{202E}gnp.exe", "a_gnp.exe"), ("a\u{0}b", "a_b"), ("name. .png", "name.png"),
      ("👩‍👩‍👧.webp", "👩‍👩‍👧.webp"), ("x.verylongextension", "x.verylongextension"),
    ])
  func sanitised(name: String, result: String) {
    #expect(UploadName.sanitised(name) == result)
  }

  @Test("A long name is cut before its extension") func long() {
    let letters = String(repeating: "ы", count: 300)
    #expect(
      UploadName.sanitised(letters + ".png") == String(repeating: "ы", count: 64) + ".png")
    #expect(UploadName.sanitised(letters) == String(repeating: "ы", count: 64))
    let towers = "a" + String(repeating: "\u{301}", count: 100_000)
    #expect(UploadName.sanitised(towers + ".png").utf8.count < 200)
    let emoji = String(repeating: "👩‍👩‍👧", count: 64)
    #expect(UploadName.sanitised(emoji).utf8.count <= 180)
  }
}
