import FakeBotAPI
import Foundation
import Testing

/// The transport of good and bad requests.
@Suite struct TransportTests {
  let server: FakeBotAPI
  let client: Client

  init() throws {
    server = try FakeBotAPI()
    client = Client(server)
    _ = server.user(id: 42)
  }

  @Test("forms, JSON, multipart, queries and chunks are all read") func bodies() throws {
    defer { server.stop() }
    let text = "Grüße & 100 % = \u{1F408} +\n"
    #expect(try client.call("sendMessage", ["chat_id": "42", "text": text]).status == 200)
    let json = JSON.object(["chat_id": 42, "text": .string(text)]).text
    #expect(
      try client.post("sendmessage", type: "application/json", body: Array(json.utf8)).status
        == 200)
    let parts = [
      Client.Part(name: "chat_id", bytes: Array("42".utf8)),
      Client.Part(name: "text", bytes: Array(text.utf8)),
    ]
    #expect(try client.upload("sendMessage", parts).status == 200)
    try client.send("GET /bot\(server.token)/sendMessage?chat_id=42&text=a+b%21 HTTP/1.1\r\n\r\n")
    #expect(try client.answer().status == 200)

    let body = Client.multipart(parts)
    try client.send(
      "POST /bot\(server.token)/sendMessage HTTP/1.1\r\nTransfer-Encoding: chunked\r\n"
        + "Content-Type: multipart/form-data; boundary=XbX\r\n\r\n")
    for start in stride(from: 0, to: body.count, by: 7) {
      let chunk = body[start..<min(start + 7, body.count)]
      try client.send(String(chunk.count, radix: 16) + "\r\n", Array(chunk) + [13, 10])
    }
    try client.send("0\r\n\r\n")
    #expect(try client.answer().status == 200)

    #expect(server.answers(in: 42).map(\.text) == [text, text, text, "a b!", text])
    #expect(Set(server.calls.map(\.connection)).count == 1, "the connection is kept")
    #expect(server.violations.isEmpty)
  }

  @Test("a client that expects 100 Continue gets it before its body is read")
  func expectation() throws {
    defer { server.stop() }
    try client.send(
      "POST /bot\(server.token)/sendMessage HTTP/1.1\r\nExpect: 100-continue\r\n"
        + "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 17\r\n\r\n")
    #expect(try client.oneAnswer().status == 100)
    try client.send("chat_id=42&text=a")
    #expect(try client.oneAnswer().status == 200)
  }

  @Test("answers are JSON in ASCII, with their length") func answers() throws {
    defer { server.stop() }
    let answer = try client.call("sendMessage", ["chat_id": "42", "text": "é\u{1F408}"])
    #expect(answer.headers["content-type"] == "application/json")
    #expect(answer.headers["content-length"] == "\(answer.body.count)")
    #expect(answer.text.contains("\\u00e9\\ud83d\\udc08"))
    #expect(answer.result?["text"] == "é\u{1F408}")
  }

  @Test("other tokens, methods and paths are refused in Telegram's words") func refusals() throws {
    defer { server.stop() }
    let stranger = try Client(server, token: "1:no").call("getMe")
    #expect(stranger.status == 401)
    #expect(stranger.words == "Unauthorized")
    #expect(server.violations.isEmpty)
    let unknown = try client.call("getMee")
    #expect(unknown.status == 404)
    #expect(unknown.json?["error_code"] == 404)
    #expect(unknown.words == "Not Found: method not found")
    try client.send("GET /hello HTTP/1.1\r\n\r\n")
    #expect(try client.answer().status == 404)
    try client.send("hello\r\n\r\n")
    #expect(try client.answer().status == 400)
    #expect(server.violations.count == 3)
  }

  @Test("an upload is kept in a file as it was sent, whatever is in it")
  func uploads() throws {
    defer { server.stop() }
    // Things that look like boundaries, at the edges of what is read at once.
    var bytes: [UInt8] = []
    while bytes.count < 200_000 { bytes += "\r\n--Xb_\r\n--XB\r\r\n-".utf8 }
    for size in [0, 1, 65_530, 65_536, bytes.count] {
      let content = Array(bytes.prefix(size))
      let answer = try client.sendDocument(content, to: 42, name: "собака 1.png")
      #expect(answer.status == (size == 0 ? 400 : 200))
    }
    let documents = server.documents(in: 42)
    #expect(documents.map(\.size) == [1, 65_530, 65_536, bytes.count])
    #expect(documents.allSatisfy { $0.bytes == Array(bytes.prefix($0.size)) })
    #expect(documents.last?.name == "собака 1.png")
    #expect(Set(documents.map(\.hash)).count == 4)
    #expect(server.violations.isEmpty)
  }

  @Test("an upload that ends early leaves no file and no message") func abortedUpload() throws {
    defer { server.stop() }
    let body = Client.multipart([
      Client.Part(name: "document", fileName: "a", bytes: [UInt8](repeating: 7, count: 100_000))
    ])
    try client.send(
      "POST /bot\(server.token)/sendDocument HTTP/1.1\r\nContent-Length: \(body.count)\r\n"
        + "Content-Type: multipart/form-data; boundary=XbX\r\n\r\n", Array(body.dropLast(50_000)))
    #expect(server.wait { $0.calls.first?.isOpen == true })
    client.disconnect()
    #expect(server.wait { $0.calls.first?.isOpen == false })
    #expect(server.calls.first?.status == nil)
    #expect(server.answers(in: 42).isEmpty)
    #expect(try FileManager.default.contentsOfDirectory(atPath: server.folder + "/uploads") == [])
  }

  @Test("parameters that no method has, lacks or can read are violations") func violations() throws
  {
    defer { server.stop() }
    try client.call("sendMessage", ["chat_id": "42", "text": "a", "reply_to_message_id": "1"])
    try client.call("sendMessage", ["chat_id": "42"])
    try client.call("sendMessage", ["chat_id": "Ann", "text": "a"])
    try client.call("sendMessage", ["chat_id": "42", "text": "a", "reply_markup": "{oops"])
    try client.call("getUpdates", ["allowed_updates": "message", "limit": "many"])
    try client.sendDocument([1], to: 42, name: "../a\\b")
    let found = server.violations
    #expect(found.contains("#0 sendMessage: unknown parameter 'reply_to_message_id'"))
    #expect(found.contains("#1 sendMessage: parameter 'text' is missing"))
    #expect(found.contains("#2 sendMessage: parameter 'chat_id' is no chat: 'Ann'"))
    #expect(
      found.contains("#3 sendMessage: parameter 'reply_markup' is no JSON object: '{oops'"))
    #expect(
      found.contains("#4 getUpdates: parameter 'allowed_updates' is no JSON array: 'message'"))
    #expect(found.contains("#4 getUpdates: parameter 'limit' is no integer: 'many'"))
    #expect(
      found.contains(
        "#5 sendDocument: a file name with a quote, a slash or a control character"))
  }

  @Test("an unreachable server comes back with all it knew") func away() throws {
    try client.call("getMe")
    server.goAway()
    #expect(throws: Client.NoAnswer.self) { try Client(server).call("getMe") }
    try server.comeBack()
    defer { server.stop() }
    #expect(try Client(server).call("getMe").status == 200)
    #expect(server.calls.count == 2)
  }
}
