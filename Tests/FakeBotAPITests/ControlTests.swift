import FakeBotAPI
import Foundation
import Testing

/// The server steered by HTTP, as scripts do.
@Suite struct ControlTests {
  let server: FakeBotAPI
  let client: Client

  init() throws {
    server = try FakeBotAPI(allowsControl: true)
    client = Client(server)
  }

  @discardableResult private func control(_ name: String, _ request: JSON = [:]) throws -> JSON {
    let body = Array(request.text.utf8)
    try client.send(
      "POST /control/\(name) HTTP/1.1\r\nContent-Length: \(body.count)\r\n\r\n", body)
    return try #require(try client.answer().json)
  }

  @Test("a script plays a user and reads what the bot did") func round() throws {
    defer { server.stop() }
    let path = server.folder + "/cat.png"
    try Data([1, 2, 3]).write(to: URL(fileURLWithPath: path))
    try control("user", ["id": 42, "name": "Ann"])
    let sent = try control("document", ["user": 42, "path": .string(path), "caption": "x2"])
    #expect(sent == ["message": 1])
    let album: JSON = [
      ["kind": "document", "path": .string(path)],
      ["kind": "photo", "path": .string(path), "width": 3, "height": 1],
    ]
    #expect(try control("album", ["user": 42, "items": album]) == ["messages": [2, 3]])
    #expect(try control("counters")["pending"] == 3)

    try client.call("sendMessage", ["chat_id": "42", "text": "hi"])
    try client.sendDocument([7, 7], to: 42)
    let messages = try control("messages", ["chat": 42])["messages"]?.items.filter {
      $0["from_bot"] == true
    }
    #expect(messages?.map { $0["text"]?.asString } == ["hi", nil])
    let file = messages?.last?["file"]
    #expect(file?["size"] == 2)
    #expect(FileManager.default.contents(atPath: file?["path"]?.asString ?? "") == Data([7, 7]))
    let calls = try control("calls", ["since": 1])["calls"]?.items
    #expect(calls?.map { $0["method"] } == ["sendDocument"])
    #expect(calls?.first?["delivered"] == true)
    #expect(try control("violations") == ["violations": []])
  }

  @Test("a script makes things go wrong") func faults() throws {
    defer { server.stop() }
    try control("fault", ["method": "getMe", "kind": "too_many_requests", "retry_after": 4])
    #expect(try client.call("getMe").headers["retry-after"] == "4")
    try control("rate", ["rate": 1.0, "seed": 3])
    _ = try? client.call("getMe")
    try control("clear")
    #expect(try client.call("getMe").status == 200)
    let calls = try control("calls")["calls"]?.items
    #expect(calls?.map { $0["by_chance"] } == [false, true, false])
    #expect(calls?.first?["fault"] == "tooManyRequests(retryAfter: 4)")
    #expect(try control("options", ["flood": true, "nulls": true])["flood"] == true)
    #expect(server.options.writesNulls)
  }

  @Test("requests that make no sense are told so") func nonsense() throws {
    defer { server.stop() }
    #expect(try control("dance")["error"] == "there is no /control/dance")
    #expect(try control("text", ["user": 5, "text": "a"])["error"] == "no such user")
    #expect(try control("fault", ["method": "getMe"])["error"] != nil)
    #expect(!server.isQuitWanted)
    try control("quit")
    #expect(server.isQuitWanted)
    #expect(server.calls.isEmpty)
  }

  @Test("without leave, nobody steers") func closed() throws {
    server.stop()
    let other = try FakeBotAPI()
    defer { other.stop() }
    let client = Client(other)
    try client.send("POST /control/quit HTTP/1.1\r\nContent-Length: 0\r\n\r\n")
    #expect(try client.answer().status == 404)
    #expect(!other.isQuitWanted)
  }
}
