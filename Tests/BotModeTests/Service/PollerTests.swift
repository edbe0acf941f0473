import Foundation
import TestSupport
import Testing
import Upscale

@testable import BotMode

/// Polling, with good and bad answers of the server.
@Suite(.timeLimit(.minutes(2))) struct PollerTests {
  // MARK: Unreadable answers

  @Test("What cannot be read is asked for alone, three times, and then stepped over")
  func cursor() {
    var cursor = PollCursor()
    func leavesOut(_ first: Int64?) -> Bool { cursor.couldNotRead(first: first) }
    #expect(cursor.offset == nil && cursor.limit == 100)
    cursor.took([Update(updateID: 10)])
    #expect(cursor.offset == 11 && cursor.limit == 100)
    #expect(!leavesOut(11))
    #expect(cursor.offset == 11 && cursor.limit == 1)
    cursor.took([Update(updateID: 11)])
    #expect(cursor.offset == 12 && cursor.limit == 1, "the others are not asked for together again")
    for _ in 1..<PollCursor.attempts { #expect(!leavesOut(15)) }
    #expect(leavesOut(15))
    #expect(cursor.offset == 16 && cursor.limit == 1)
    cursor.took([])
    #expect(cursor.limit == 100)
  }

  @Test("An answer that is broken now and then costs no update")
  func broken() {
    var cursor = PollCursor()
    func leavesOut(_ first: Int64?) -> Bool { cursor.couldNotRead(first: first) }
    for number in 0..<50 {
      #expect(!leavesOut(Int64(number)))
      #expect(!leavesOut(Int64(number)))
      cursor.took([Update(updateID: Int64(number))])
    }
    #expect(cursor.offset == 50)
  }

  @Test("Without a number the next is asked for; without any it cannot be; the last number is one")
  func numbers() {
    var cursor = PollCursor()
    func leavesOut(_ first: Int64?) -> Bool { cursor.couldNotRead(first: first) }
    for _ in 0..<9 { #expect(!leavesOut(nil)) }
    #expect(cursor.offset == nil)
    cursor.took([Update(updateID: 7)])
    for _ in 0...PollCursor.attempts { _ = leavesOut(nil) }
    #expect(cursor.offset == 9)
    for _ in 0...PollCursor.attempts { _ = leavesOut(.max) }
    #expect(cursor.offset == .max)
  }

  @Test("The number of the first update is found in what no reader takes, and not in texts")
  func firstUpdate() {
    func first(_ text: String) -> Int64? { UnreadableAnswer.firstUpdate(Array(text.utf8)) }
    #expect(first(#"{"ok":true,"result":[{"update_id" : 77,"message":{{{"#) == 77)
    #expect(first(#"{"ok":true,"result":[{"a":"\"update_id\":5","update_id":6}"#) == 6)
    #expect(first(#"{"ok":true,"result":[["update_id",{"update_id":9223372036854775807"#) == .max)
    for text in [
      "", "\"update_id", "\"update_id\"", "\"update_id\":", "\"update_id\":x", "\"\"\"\"",
    ] {
      #expect(first(text) == nil)
    }
    func isAnswer(_ text: String) -> Bool { UnreadableAnswer.isOfBotAPI(Array(text.utf8)) }
    #expect(isAnswer("{ \"ok\" :\n true, \"result\":[[["))
    for text in ["<html>", "", #"{"ok":false"#, #"{"ok":tru"#] { #expect(!isAnswer(text)) }
  }

  // MARK: With a server

  /// A server with a queue of updates, as Telegram has it.
  private final class Queue: @unchecked Sendable {
    private let lock = NSLock()
    private var updates: [(id: Int64, json: String)]
    private var offsets: [Int64] = []

    init(_ updates: [(id: Int64, json: String)]) { self.updates = updates }

    func answer(_ request: ScriptedServer.Request, _ peer: ScriptedServer.Peer) {
      guard request.path.hasSuffix("getUpdates") else { return peer.answer(result: "true") }
      let offset = Int64(request.form["offset"] ?? "") ?? 0
      let limit = Int(request.form["limit"] ?? "") ?? 100
      let list = lock.withLock {
        offsets.append(offset)
        updates.removeAll { $0.id < offset }
        return updates.prefix(limit).map(\.json)
      }
      peer.answer(result: "[" + list.joined(separator: ",") + "]")
    }

    var pollCount: Int { lock.withLock { offsets.count } }
    var left: Int { lock.withLock { updates.count } }
  }

  private static func start(_ id: Int64, user: Int64) -> (id: Int64, json: String) {
    (
      id,
      #"{"update_id":\#(id),"message":{"message_id":1,"date":5,"chat":{"id":\#(user),"type":"private"},"from":{"id":\#(user)},"text":"/start"}}"#
    )
  }

  /// Polls a queue of updates.
  ///
  /// - Returns: the chats that have an answer, and the number of polls by then.
  private func poll(
    _ updates: [(id: Int64, json: String)], until isDone: @escaping (BotState, Queue) -> Bool
  ) throws -> (chats: [Int64], polls: Int, log: [String]) {
    let queue = Queue(updates)
    return try withServer({ request, peer in queue.answer(request, peer) }) { server in
      let folder = try TemporaryFolder()
      let settings = BotSettings(token: try BotToken(testToken), stateFolder: folder.url.path)
      let state = try StateFolder(settings.stateFolder, bot: settings.token.id)
      let lines = Shared<[String]>([])
      let log = BotLog(token: settings.token, isVerbose: true) { line in
        lines.update { $0.append(line) }
      }
      let context = BotContext(
        settings: settings, rules: settings.rules, api: try BotAPI.of(server),
        store: try StateStore(path: state.database), folder: state,
        worker: WorkerProcess(settings.worker(workFolder: state.work, knowsPaces: true)), log: log)
      let thread = try Workers(count: 1) { _ in Poller(context: context).run() }
      let isThere: Bool? = context.store.wait(upTo: 600) { state, _ in
        isDone(state, queue) ? true : nil
      }
      let polls = queue.pollCount
      context.end(.signal(15))
      context.api.interruptAll()
      thread.join()
      #expect(isThere == true, "\(lines.read { $0 })")
      let chats = context.store.read { state, _ in
        state.outbox.rows.sorted { $0.key < $1.key }.map(\.value.chat)
      }
      return (chats, polls, lines.read { $0 })
    }
  }

  @Test("An update that no reader takes is left out; those before and after it are not")
  func unreadable() throws {
    let depth = String(repeating: "[", count: 100_000)
    let updates =
      (1...3).map { Self.start(100 + $0, user: $0) }
      + [(id: 104, json: #"{"update_id":104,"message":\#(depth)"#)]
      + (5...6).map { Self.start(100 + $0, user: $0) }
    let outcome = try poll(updates) { state, _ in state.wasHandled(106) }
    #expect(outcome.chats == [1, 2, 3, 5, 6])
    #expect(outcome.log.count { $0.contains("update left out") } == 1, "\(outcome.log)")
    #expect(outcome.polls < 20)
  }

  @Test("An update larger than an answer may be is left out")
  func tooLarge() throws {
    let text = String(repeating: "x", count: BotAPI.answerLimit)
    let updates = [
      Self.start(101, user: 1),
      (id: 102, json: #"{"update_id":102,"message":{"text":"\#(text)"}}"#),
      Self.start(103, user: 3),
    ]
    let outcome = try poll(updates) { state, _ in state.wasHandled(103) }
    #expect(outcome.chats == [1, 3])
  }

  @Test("Updates numbered up to the largest integer are handled once, and end nothing")
  func largestNumber() throws {
    let updates = [
      Self.start(7, user: 1), Self.start(.max - 1, user: 2), Self.start(.max, user: 3),
    ]
    // The last one cannot be confirmed, and comes again and again.
    var polls = 0
    let outcome = try poll(updates) { state, queue in
      polls = queue.pollCount
      return state.wasHandled(.max) && queue.left == 1
    }
    #expect(outcome.chats == [1, 2, 3])
    #expect(polls < 20, "it does not ask without a pause")
  }

  @Test("Updates whose number is none do not keep the others from being handled")
  func unnumbered() throws {
    let updates = [
      Self.start(101, user: 1), (id: 102, json: #"{"update_id":1e300}"#),
      Self.start(103, user: 3), (id: 104, json: #"{"update_id":"x"}"#), Self.start(106, user: 6),
    ]
    let outcome = try poll(updates) { state, _ in state.wasHandled(106) }
    #expect(outcome.chats == [1, 3, 6])
  }
}
