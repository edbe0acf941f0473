import FakeBotAPI
import Foundation
import Testing

/// getUpdates and its queue.
@Suite struct PollingTests {
  let server: FakeBotAPI
  let client: Client
  let ann: FakeBotAPI.User

  init() throws {
    server = try FakeBotAPI()
    client = Client(server)
    ann = server.user(id: 42)
  }

  private func poll(_ fields: [String: String] = [:]) throws -> [JSON] {
    try client.call("getUpdates", fields).result?.items ?? []
  }

  /// Polls from another thread and connection.
  private func pollAside(_ fields: [String: String] = [:]) -> Aside<[JSON]> {
    Aside { [server] in try Client(server).call("getUpdates", fields).result?.items ?? [] }
  }

  private func texts(_ updates: [JSON]) -> [String?] {
    updates.map { $0["message"]?["text"]?.asString }
  }

  private func id(_ update: JSON?) -> Int64 { update?["update_id"]?.asInteger ?? 0 }

  @Test("a held poll wakes on a new update") func wakes() throws {
    defer { server.stop() }
    let polling = pollAside(["timeout": "50"])
    #expect(server.wait { $0.isPolled })
    ann.sends("hello")
    #expect(try texts(polling.join()) == ["hello"])
    #expect(server.pollCount == 1)
  }

  @Test("a poll without updates ends empty in its time") func empty() throws {
    defer { server.stop() }
    #expect(try poll().isEmpty)
    #expect(try poll(["timeout": "1"]).isEmpty)
    // A call's end is noted after its answer is written: the client may be here before.
    let times = try #require(
      server.wait { server in
        server.calls[1].endTime.map { ($0, server.calls[1].time) }
      })
    #expect(times.0 - times.1 > 0.9)
  }

  @Test("an offset confirms, a limit limits, a negative offset keeps the newest")
  func offsets() throws {
    defer { server.stop() }
    for number in 1...6 { ann.sends("\(number)") }
    let all = try poll()
    #expect(texts(all) == ["1", "2", "3", "4", "5", "6"])
    #expect(try texts(poll(["limit": "2"])) == ["1", "2"])
    #expect(server.pendingUpdates == 6)
    #expect(try texts(poll(["offset": "\(id(all[1]) + 1)"])) == ["3", "4", "5", "6"])
    #expect(server.confirmedOffset == id(all[2]))
    #expect(server.pendingUpdates == 4)
    #expect(try texts(poll(["offset": "-2"])) == ["5", "6"])
    #expect(try poll(["offset": "\(id(all[5]) + 1)"]).isEmpty)
    #expect(server.pendingUpdates == 0)
  }

  @Test("numbers can jump down: an old offset then confirms nothing") func jump() throws {
    defer { server.stop() }
    ann.sends("a")
    let first = id(try poll().first)
    server.jumpUpdateIDs(to: 1000)
    ann.sends("b")
    let second = try poll(["offset": "\(first + 1)"])
    #expect(second.map { id($0) } == [1000])
    #expect(try texts(poll(["offset": "\(first + 1)"])) == ["b"])
    #expect(try poll(["offset": "1001"]).isEmpty)
    #expect(server.pendingUpdates == 0)
  }

  @Test("an update is repeated once, whatever was confirmed") func repetition() throws {
    defer { server.stop() }
    ann.sends("a")
    let first = try #require(try poll().first)
    let offset = "\(id(first) + 1)"
    #expect(try poll(["offset": offset]).isEmpty)
    #expect(server.repeatUpdate() == id(first))
    #expect(try poll(["offset": offset]) == [first])
    #expect(try poll(["offset": offset]).isEmpty)
  }

  @Test("kinds that were not asked for are not queued, and the choice is remembered")
  func allowedUpdates() throws {
    defer { server.stop() }
    _ = try poll(["allowed_updates": #"["callback_query"]"#])
    ann.sends("a")
    ann.presses("x", on: 1)
    let updates = try poll()
    #expect(updates.count == 1)
    #expect(updates.first?["callback_query"]?["data"] == "x")
    _ = try poll(["allowed_updates": "[]"])
    ann.sends("b")
    #expect(try poll().count == 2)
  }

  @Test("of two polls the older learns of a conflict") func conflict() throws {
    defer { server.stop() }
    let older = Aside { [server] in
      try Client(server).call("getUpdates", ["timeout": "50"])
    }
    #expect(server.wait { $0.isPolled })
    let newer = pollAside(["timeout": "50"])
    let answer = try older.join()
    #expect(answer.status == 409)
    #expect(
      answer.words
        == "Conflict: terminated by other getUpdates request; make sure that only one bot "
        + "instance is running")
    ann.sends("a")
    #expect(try newer.join().count == 1)
  }

  @Test("a poll whose client has gone holds nothing up") func abandoned() throws {
    defer { server.stop() }
    try client.send("GET /bot\(server.token)/getUpdates?timeout=50 HTTP/1.1\r\n\r\n")
    #expect(server.wait { $0.isPolled })
    client.disconnect()
    #expect(server.wait { !$0.isPolled })
    #expect(server.calls.first?.wasDelivered == false)
    ann.sends("a")
    #expect(try poll().count == 1)
  }

  @Test("polls are refused while there is a webhook") func webhook() throws {
    defer { server.stop() }
    server.setWebhook("https://example.org/hook")
    #expect(try client.call("getWebhookInfo").result?["url"] == "https://example.org/hook")
    let answer = try client.call("getUpdates")
    #expect(answer.status == 409)
    #expect(
      answer.words
        == "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to "
        + "delete the webhook first")
    ann.sends("a")
    #expect(try client.call("deleteWebhook", ["drop_pending_updates": "true"]).result == true)
    #expect(try poll().isEmpty)
  }

  @Test("spinning polls are held, in the mode for it; others are answered at once, in theirs")
  func spinning() throws {
    defer { server.stop() }
    server.options.ignoresPollTimeout = true
    for _ in 0..<5 { #expect(try poll(["timeout": "50"]).isEmpty) }
    #expect(server.pollCount == 5)
    server.options.ignoresPollTimeout = false
    server.options.slowsSpinningPolls = true
    let polling = pollAside()
    #expect(server.wait { $0.isPolled })
    ann.sends("a")
    ann.sends("b")
    #expect(try polling.join().count == 1)
  }

  @Test("raw updates go as they are, with nulls for what is absent if wanted") func raw() throws {
    defer { server.stop() }
    server.enqueue(rawUpdate: ["update_id": 900_000_000, "strange": ["a": nil]])
    server.enqueue(rawUpdate: ["message": "no object"])
    #expect(
      try poll() == [
        ["update_id": 900_000_000, "strange": ["a": nil]],
        ["update_id": 900_000_001, "message": "no object"],
      ])
    server.options.writesNulls = true
    ann.sends("a")
    let update = try #require(try poll().last)
    #expect(update["callback_query"] == .null)
    #expect(update["message"]?["reply_to_message"] == .null)
    #expect(update["message"]?["from"]?["language_code"] == .null)
    #expect(update["message"]?["text"] == "a")
  }
}
