import FakeBotAPI
import Foundation
import Testing

/// A round of the calls that every bot makes.
@Suite struct CoreTests {
  @Test("a bot polls, downloads, answers, edits and sends a document") func round() throws {
    let server = try FakeBotAPI()
    defer { server.stop() }
    let client = Client(server)
    let ann = server.user(id: 42, name: "Ann", language: "ru")
    #expect(try client.call("getMe").result?["id"]?.asInteger == server.botID)

    let picture = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    let sent = ann.sendsDocument(picture, name: "cat.png", caption: "x2")
    let update = try client.call("getUpdates", ["timeout": "20"]).result?.items.first
    let message = update?["message"]
    #expect(message?["message_id"]?.asInteger == Int64(sent))
    #expect(message?["from"]?["language_code"] == "ru")
    #expect(message?["document"]?["file_size"] == 300_000)

    let file = try client.call(
      "getFile", ["file_id": message?["document"]?["file_id"]?.asString ?? ""])
    let path = try #require(file.result?["file_path"]?.asString)
    let download = try client.download(path)
    #expect(download.status == 200)
    #expect(download.body == picture)

    let said = try client.call("sendMessage", ["chat_id": "42", "text": "working"])
    let id = try #require(said.result?["message_id"]?.asInteger)
    #expect(id == Int64(sent + 1))
    let edit = try client.call(
      "editMessageText", ["chat_id": "42", "message_id": "\(id)", "text": "50 %"])
    #expect(edit.status == 200)

    try client.sendDocument(picture, to: 42, name: "cat_x4.png", fields: ["caption": "done"])
    #expect(server.answers(in: 42).map { $0.text ?? $0.caption } == ["50 %", "done"])
    let document = try #require(server.documents(in: 42).first)
    #expect(document.bytes == picture)
    #expect(document.name == "cat_x4.png")
    #expect(document.type == "image/png")
    #expect(server.violations.isEmpty)
    #expect(server.calls.allSatisfy { $0.status == 200 && $0.tookEffect && $0.wasDelivered })
  }
}
