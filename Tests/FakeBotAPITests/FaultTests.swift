import FakeBotAPI
import Foundation
import Testing

/// Faults that tests inject.
@Suite struct FaultTests {
  let server: FakeBotAPI
  let client: Client
  let message = ["chat_id": "42", "text": "hello"]

  init() throws {
    server = try FakeBotAPI()
    client = Client(server)
    _ = server.user(id: 42)
  }

  @Test(
    "refusals have no effect, happen as often as said, and are on record",
    arguments: [
      (FakeBotAPI.Fault.Kind.status(500), 500, "Internal Server Error"),
      (.unauthorized, 401, "Unauthorized"),
      (.forbidden, 403, "Forbidden: bot was blocked by the user"),
      (.badRequest("oh"), 400, "Bad Request: oh"),
    ])
  func refusals(kind: FakeBotAPI.Fault.Kind, status: Int, words: String) throws {
    defer { server.stop() }
    server.inject(.init(method: "sendMessage", kind: kind, times: 2, skipping: 1))
    let answers = try (0..<4).map { _ in try client.call("sendMessage", message) }
    #expect(answers.map(\.status) == [200, status, status, 200])
    #expect(answers[1].words == words)
    #expect(answers[1].json?["error_code"] == .integer(Int64(status)))
    #expect(server.calls.map(\.tookEffect) == [true, false, false, true])
    #expect(server.calls.map(\.fault) == [nil, kind, kind, nil])
    #expect(server.calls[1].refusal == words)
    #expect(server.calls.allSatisfy { $0.wasDelivered && !$0.isFaultRandom })
    #expect(server.answers(in: 42).count == 2)
  }

  @Test("too many requests are refused with the time to wait, in body and header")
  func tooMany() throws {
    defer { server.stop() }
    server.inject(.tooManyRequests(retryAfter: 7), into: "*")
    let answer = try client.call("sendMessage", message)
    #expect(answer.status == 429)
    #expect(answer.words == "Too Many Requests: retry after 7")
    #expect(answer.json?["parameters"]?["retry_after"] == 7)
    #expect(answer.headers["retry-after"] == "7")
    #expect(server.calls.first?.retryAfter == 7)
  }

  @Test("a bad gateway speaks HTML, a redirect leads elsewhere") func otherFronts() throws {
    defer { server.stop() }
    server.inject(.htmlBadGateway, into: "getMe")
    server.inject(.redirect(to: "http://127.0.0.1:1/"), into: "getMe")
    let gateway = try client.call("getMe")
    #expect(gateway.status == 502)
    #expect(gateway.headers["content-type"] == "text/html")
    #expect(gateway.json == nil)
    let redirect = try client.call("getMe")
    #expect(redirect.status == 302)
    #expect(redirect.headers["location"] == "http://127.0.0.1:1/")
  }

  @Test("a lost connection looks the same whether the call had its effect or not")
  func resets() throws {
    defer { server.stop() }
    for kind in [FakeBotAPI.Fault.Kind.resetBeforeBody, .resetAfterBody, .resetAfterEffect] {
      server.inject(kind, into: "sendMessage")
      #expect(throws: Client.NoAnswer.self) { try client.call("sendMessage", message) }
    }
    #expect(server.wait { $0.calls.allSatisfy { !$0.isOpen } })
    #expect(server.calls.map(\.tookEffect) == [false, false, true])
    #expect(server.calls.allSatisfy { !$0.wasDelivered && $0.status == nil })
    #expect(server.calls.map { $0.fields.isEmpty } == [true, false, false])
    #expect(server.answers(in: 42).count == 1)
  }

  @Test("bad answers to calls that had their effect") func badAnswers() throws {
    defer { server.stop() }
    for kind in [FakeBotAPI.Fault.Kind.truncatedJSON, .garbledJSON, .deepJSON(100_000)] {
      server.inject(kind, into: "sendMessage")
      let answer = try client.call("sendMessage", message)
      #expect(answer.status == 200)
      #expect(answer.isWhole)
      #expect(answer.json == nil, "\(kind)")
    }
    server.inject(.shortBody, into: "sendMessage")
    #expect(try !client.call("sendMessage", message).isWhole)
    server.inject(.resetInBody, into: "sendMessage")
    #expect(try !client.call("sendMessage", message).isWhole)
    #expect(server.wait { $0.calls.allSatisfy { !$0.isOpen } })
    #expect(server.answers(in: 42).count == 5)
    #expect(server.calls.map(\.wasDelivered) == [true, true, true, false, false])
  }

  @Test("slow answers and slow uploads come in full") func slow() throws {
    defer { server.stop() }
    server.inject(.slowBody(bytesPerSecond: 4000), into: "getMe")
    let start = Date()
    let answer = try client.call("getMe")
    #expect(answer.result?["is_bot"] == true)
    #expect(Date().timeIntervalSince(start) > Double(answer.body.count) / 4000 * 0.5)
    server.inject(.slowUpload(bytesPerSecond: 200_000), into: "sendDocument")
    let bytes = [UInt8](repeating: 1, count: 20_000)
    #expect(try client.sendDocument(bytes, to: 42).status == 200)
    #expect(server.documents(in: 42).first?.bytes == bytes)
  }

  @Test("a call whose client goes away while it hangs has no effect; after its effect, it has")
  func hanging() throws {
    defer { server.stop() }
    for kind in [FakeBotAPI.Fault.Kind.hang(seconds: 60), .hangAfterEffect(seconds: 60)] {
      server.inject(kind, into: "sendMessage")
      let count = server.calls.count
      try client.send(
        "GET /bot\(server.token)/sendMessage?chat_id=42&text=a HTTP/1.1\r\n\r\n")
      #expect(
        server.wait { server in
          server.calls.count > count && server.calls[count].fields["text"] == "a"
        })
      if kind == .hangAfterEffect(seconds: 60) {
        #expect(server.wait { !$0.answers(in: 42).isEmpty })
      }
      client.disconnect()
      #expect(server.wait { !$0.calls[count].isOpen })
    }
    #expect(server.calls.map(\.tookEffect) == [false, true])
    #expect(server.calls.allSatisfy { !$0.wasDelivered })
  }

  @Test("downloads break off, stop short, or are not there") func downloads() throws {
    defer { server.stop() }
    let bytes = [UInt8](repeating: 9, count: 100_000)
    server.user(id: 42).sendsDocument(bytes)
    let update = try client.call("getUpdates").result?.items.first
    let id = update?["message"]?["document"]?["file_id"]?.asString ?? ""
    let path = try #require(
      try client.call("getFile", ["file_id": id]).result?["file_path"]?.asString)
    for kind in [FakeBotAPI.Fault.Kind.resetInBody, .shortBody] {
      server.inject(kind, into: "file")
      let answer = try client.download(path)
      #expect(answer.status == 200)
      #expect(!answer.isWhole)
      #expect(answer.headers["content-length"] == "100000")
      #expect(answer.body.count <= 50_000)
    }
    server.inject(.status(404), into: "file")
    #expect(try client.download(path).status == 404)
    server.inject(.slowBody(bytesPerSecond: 1_000_000), into: "file")
    #expect(try client.download(path).body == bytes)
    #expect(server.calls(of: "file").map(\.wasDelivered) == [false, false, true, true])
    #expect(try client.download("documents/none").status == 404)
  }

  @Test("random faults depend on the seed alone, and say whom they hit") func random() throws {
    defer { server.stop() }
    func round(_ seed: UInt64) -> [FakeBotAPI.Fault.Kind?] {
      let start = server.calls.count
      server.setFaultRate(0.5, seed: seed)
      for _ in 0..<40 { _ = try? client.call("getMe") }
      server.setFaultRate(0, seed: seed)
      return server.calls.dropFirst(start).map(\.fault)
    }
    let first = round(7)
    #expect(round(7) == first)
    #expect(round(8) != first)
    let hit = first.compactMap { $0 }
    #expect((8...32).contains(hit.count))
    #expect(Set(hit.map { "\($0)" }).count >= 4)
    #expect(server.calls.allSatisfy { $0.isFaultRandom == ($0.fault != nil) })
  }
}
