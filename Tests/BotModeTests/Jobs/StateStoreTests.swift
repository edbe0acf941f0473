import Foundation
import Glibc
import TestSupport
import Testing
import Upscale

@testable import BotMode

/// The state on the disk.
struct StateStoreTests {
  private func job(_ user: Int64) -> Job {
    Job(
      chat: user, user: user, message: 3, language: .russian, card: 9,
      source: PictureOffer(kind: .document, fileID: "f", size: 5, name: "кот \"x\".png"),
      wish: Wish(look: .anime, scale: 2, format: .webp), accepted: 12.5)
  }

  @Test("What was changed is there after the file is opened again")
  func persists() throws {
    let folder = try TemporaryFolder()
    let path = folder.url.appending(path: "bot.sqlite").path
    let before: BotState
    do {
      let store = try StateStore(path: path)
      try store.change { state, _ in
        let id = state.newID()
        state.jobs[id] = job(1)
        state.jobs[id]?.stage = .finished(
          FinishedPicture(
            file: EncodedFile(path: "1.out.png", format: .png, width: 4, height: 4, bytes: 10),
            inputWidth: 1, inputHeight: 1,
            concessions: [.format("JPEG", quality: 95), .scale(2.5)], seconds: 1))
        state.cards[9] = Card(
          chat: 1, user: 1, language: .russian, replyTo: 3, album: "a", due: 5, message: 7)
        state.say(
          "hello", to: 1, replyingTo: 4,
          keyboard: .buttons([[.init(text: "x", data: .cancel(card: 9))]]))
        state.users[1] = UserRecord(language: .russian, wish: Wish(scale: 3))
        state.noteHandled(77)
        state.memory.paces["photo"] = 12.25
      }
      try store.change { state, _ in
        state.jobs[50] = job(2)
        state.jobs[50] = nil
      }
      before = store.read { state, _ in state }
    }
    let after = try StateStore(path: path).read { state, _ in state }
    #expect(after.jobs.rows == before.jobs.rows)
    #expect(after.jobs.rows.count == 1)
    #expect(after.cards.rows == before.cards.rows)
    #expect(after.outbox.rows == before.outbox.rows)
    #expect(after.users.rows == before.users.rows)
    #expect(after.memory == before.memory)
    #expect(after.wasHandled(77) && !after.wasHandled(78))
  }

  @Test("A picture whose stage an earlier version wrote in its own form is begun again")
  func earlierStage() throws {
    let folder = try TemporaryFolder()
    let path = folder.path("bot.sqlite")
    do {
      let store = try StateStore(path: path)
      try store.change { state, _ in
        state.jobs[1] = job(1)
        state.jobs[2] = job(2)
        state.jobs[2]?.attempts = 2
      }
    }
    let old = [
      #"{"finished":{"_0":{"file":"1.png","format":"png","width":4,"height":4,"bytes":9}}}"#,
      #"{"rendered":{"_0":{"path":"2.png","width":4,"height":4,"scale":4}}}"#,
    ]
    let database = try Database(path: path)
    for (index, stage) in old.enumerated() {
      try database.run(
        "UPDATE jobs SET body = json_set(body, '$.stage', json(?)) WHERE id = ?",
        [.text(stage), .integer(Int64(index + 1))])
    }
    let after = try StateStore(path: path).read { state, _ in state }
    #expect(after.jobs[1] == job(1))
    #expect(after.jobs[2]?.stage == .waiting && after.jobs[2]?.attempts == 2)
  }

  @Test("A change that the disk does not take has not happened")
  func failure() throws {
    let folder = try TemporaryFolder()
    let path = folder.url.appending(path: "bot.sqlite").path
    let store = try StateStore(path: path)
    try store.change { state, _ in state.jobs[1] = job(1) }
    // Another program holds the database: SQLite gives up after its patience of some seconds.
    let other = try Database(path: path)
    try other.run("BEGIN IMMEDIATE")
    #expect(throws: UpscaleError.self) {
      try store.change { state, live in
        state.jobs[2] = job(2)
        live.move(2, to: .fetching)
        live.move(2, to: .fetched)
      }
    }
    #expect(store.read { state, live in state.jobs[2] == nil && live.states.isEmpty })
    try other.run("ROLLBACK")
    try store.change { state, _ in state.jobs[3] = job(3) }
    let stored = try StateStore(path: path)
    #expect(stored.read { state, _ in state.jobs.rows.count } == 2)
  }

  @Test("A file that is no database, a damaged row and another version are refused in words")
  func damage() throws {
    let folder = try TemporaryFolder()
    try folder.write(
      Array("this is no database at all, but long enough to look like one".utf8), as: "a")
    let refusal = #expect(throws: UpscaleError.self) {
      try StateStore(path: folder.url.appending(path: "a").path)
    }
    #expect(refusal?.message.contains("not a database") == true)
    let path = folder.url.appending(path: "b").path
    _ = try StateStore(path: path)
    do {
      let database = try Database(path: path)
      try database.run("INSERT INTO jobs VALUES (1, '{')")
    }
    #expect(throws: UpscaleError.self) { try StateStore(path: path) }
    do {
      let database = try Database(path: path)
      try database.run("DELETE FROM jobs")
      try database.run("PRAGMA user_version = 99")
    }
    let version = #expect(throws: UpscaleError.self) { try StateStore(path: path) }
    #expect(version?.message.contains("version (99)") == true)
  }

  @Test("Handled updates are remembered in a ring, whatever their numbers")
  func ring() {
    var state = BotState()
    for id in 0..<BotState.handledLimit + 10 { state.noteHandled(1_000_000 - id) }
    #expect(state.handled.rows.count == Int(BotState.handledLimit))
    #expect(!state.wasHandled(1_000_000 - 9))
    #expect(state.wasHandled(1_000_000 - 10))
  }

  @Test("The last job of a card takes the card along, and its message")
  func cards() {
    var state = BotState()
    state.cards[9] = Card(chat: 1, user: 1, language: .english, replyTo: 3, due: 0, message: 70)
    state.jobs[1] = job(1)
    state.jobs[2] = job(1)
    state.remove(job: 1)
    #expect(state.cards[9] != nil && state.outbox.rows.isEmpty)
    state.remove(job: 2)
    #expect(state.cards[9] == nil)
    #expect(state.outbox.rows.values.map(\.content) == [.delete(message: 70)])
    state.remove(job: 2)
    #expect(state.outbox.rows.count == 1)
  }

  @Test("The folder is closed to others, one service at a time has it, and left-overs go")
  func folder() throws {
    let place = try TemporaryFolder()
    let parent = place.url.appending(path: "x/y").path
    let folder = try StateFolder(parent, bot: 42)
    for path in [folder.work, parent + "/42"] {
      var status = stat()
      #expect(stat(path, &status) == 0)
      #expect(status.st_mode & 0o777 == 0o700)
    }
    let refusal = #expect(throws: UpscaleError.self) { try StateFolder(parent, bot: 42) }
    #expect(refusal?.cause == .occupied)
    _ = try StateFolder(parent, bot: 43)
    for name in ["1.in", "1.out.png", "11.in", "2.out.png"] {
      try place.write([1], as: "x/y/42/work/\(name)")
    }
    folder.removeFiles(of: 1)
    #expect(folder.sweep(keeping: ["2.out.png"]) == 1)
    #expect(access(folder.path("2.out.png"), F_OK) == 0)
    #expect(access(folder.path("11.in"), F_OK) != 0)
  }
}
