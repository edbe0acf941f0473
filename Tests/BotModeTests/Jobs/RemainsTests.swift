import Foundation
import TestSupport
import Testing
import Upscale

@testable import BotMode

/// The database's files contain no traces of deleted rows.
struct RemainsTests {
  /// Numbers of files' bytes in which a text is found.
  private func found(_ text: String, in folder: TemporaryFolder) throws -> [String] {
    try folder.names.filter { try Data(folder.read($0)).range(of: Data(text.utf8)) != nil }
  }

  private func fill(_ store: StateStore, users: Range<Int64>) throws {
    try store.change { state, _ in
      for user in users {
        let job = state.newID()
        state.jobs[job] = Job(
          chat: user, user: user, message: 3, language: .english, card: job,
          source: PictureOffer(
            kind: .document, fileID: "file-id-\(user)-\(String(repeating: "x", count: 60))",
            size: 5, name: "secret-name-\(user).png"), wish: Wish(), accepted: 1)
        state.say("Hello, Zdenobia!", to: user)
        state.users[user] = UserRecord(wish: Wish(scale: 2))
      }
    }
  }

  @Test("After rows are gone and the files are cleaned, none of their bytes is in any file")
  func bytes() throws {
    let folder = try TemporaryFolder()
    let store = try StateStore(path: folder.path("bot.sqlite"))
    // Rows that come and go in an order that moves others between pages.
    for round in 0..<6 {
      try fill(store, users: 700_000_000..<700_000_000 + 150)
      try store.change { state, _ in
        for id in state.jobs.ids.sorted() where Int(id) % 3 == round % 3 { state.jobs[id] = nil }
        for id in state.outbox.ids.sorted() where Int(id) % 2 == 0 { state.outbox[id] = nil }
      }
    }
    try store.change { state, _ in
      for id in Array(state.jobs.ids) { state.jobs[id] = nil }
      for id in Array(state.outbox.ids) { state.outbox[id] = nil }
      for id in Array(state.users.ids) { state.users[id] = nil }
    }
    let needles = ["file-id-", "secret-name", "Zdenobia", "70000", "xxxxxxxx"]
    #expect(try !needles.flatMap { try found($0, in: folder) }.isEmpty, "the test sees nothing")
    try store.erase()
    for needle in needles { #expect(try found(needle, in: folder).isEmpty, "\(needle)") }
    #expect(try folder.read("bot.sqlite-wal").isEmpty)
    // Rows that were not deleted are still there.
    try fill(store, users: 5..<6)
    try store.erase()
    let after = try StateStore(path: folder.path("bot.sqlite"))
    #expect(after.read { state, _ in state.jobs.rows.count } == 1)
    #expect(after.read { state, _ in state.users[5]?.wish.scale } == 2)
  }

  @Test("Nor is one of a row that others stay beside: those are moved, and copies stay behind")
  func moved() throws {
    let folder = try TemporaryFolder()
    for seed in 0..<60 {
      let name = "\(seed).sqlite"
      let database = try Database(path: folder.path(name))
      var random = SeededRandom(seed: UInt64(seed))
      var rows: [[Int64]] = [[], []]
      try database.run("CREATE TABLE rows (id INTEGER PRIMARY KEY, body TEXT NOT NULL)")
      func delete(_ row: Int64) throws(UpscaleError) {
        try database.run("DELETE FROM rows WHERE id = ?", [.integer(row)])
      }
      try database.transaction { () throws(UpscaleError) in
        for _ in 0..<400 {
          if random.next() % 10 < 7 {
            let kind = Int(random.next() % 2)
            let length = [3, 10, 60, 300, 1200][Int(random.next() % 5)]
            let text = String(repeating: ["public", "secret"][kind], count: length)
            let row = Int64(random.next() % 1_000_000_000)
            try database.run("INSERT INTO rows VALUES (?, ?)", [.integer(row), .text(text)])
            rows[kind].append(row)
          } else if !rows[1].isEmpty {
            try delete(rows[1].remove(at: Int(random.next() % UInt64(rows[1].count))))
          }
        }
      }
      try database.transaction { () throws(UpscaleError) in
        for row in rows[1].shuffled(using: &random) { try delete(row) }
      }
      try database.erase()
      let content = try Data(folder.read(name))
      #expect(content.range(of: Data("secret".utf8)) == nil, "\(seed)")
      #expect(content.range(of: Data("public".utf8)) != nil)
    }
  }

  @Test("The write-ahead log is begun anew, however much is written")
  func log() throws {
    let folder = try TemporaryFolder()
    let store = try StateStore(path: folder.path("bot.sqlite"))
    for _ in 0..<40 {
      try fill(store, users: 1..<200)
      try store.change { state, _ in
        for id in Array(state.jobs.ids) { state.jobs[id] = nil }
        for id in Array(state.outbox.ids) { state.outbox[id] = nil }
      }
      // The log's mebibyte, and one transaction beyond it.
      #expect(try folder.read("bot.sqlite-wal").count < 2 << 20)
    }
  }

  @Test("It is done soon when nothing is in work, after a minute otherwise, and once")
  func due() {
    var remains = Remains()
    var state = BotState()
    #expect(remains.isDue(state, at: 0), "the last run may have been killed")
    remains.erased(state, at: 0)
    #expect(!remains.isDue(state, at: 1000))
    remains.note()
    #expect(!remains.isDue(state, at: 1))
    #expect(remains.isDue(state, at: 2))
    state.say("x", to: 9)
    #expect(!remains.isDue(state, at: 59))
    #expect(remains.isDue(state, at: 60))
    remains.couldNotErase(at: 60)
    #expect(!remains.isDue(state, at: 61), "a full disk is not asked all the time")
    #expect(remains.isDue(state, at: 120))
  }

  @Test("Whoever wants to be forgotten does not wait for others' pictures")
  func forgotten() {
    var remains = Remains()
    var state = BotState()
    remains.erased(state, at: 0)
    state.say("another's", to: 9)
    state.say("done", to: 7, for: 7)
    remains.forget(7)
    #expect(!remains.isDue(state, at: 10), "the answer is not sent")
    for id in state.outbox.ids(where: { $0.chat == 7 }) { state.outbox[id] = nil }
    #expect(remains.isDue(state, at: 10))
    remains.erased(state, at: 10)
    remains.note()
    #expect(!remains.isDue(state, at: 20), "no more than the others")
  }

  @Test("Users of whom only a turn was kept by earlier versions are not kept")
  func earlier() throws {
    let folder = try TemporaryFolder()
    let path = folder.path("bot.sqlite")
    _ = try StateStore(path: path)
    do {
      let database = try Database(path: path)
      let wish = #""wish":{"look":"photo","scale":4,"format":"png"}"#
      try database.run("INSERT INTO users VALUES (71, '{\(wish),\"lastTurn\":3}')")
      try database.run(
        "INSERT INTO users VALUES (72, '{\(wish),\"language\":\"ru\",\"lastTurn\":4}')")
    }
    let store = try StateStore(path: path)
    try store.change { state, _ in state.noteHandled(1) }
    let database = try Database(path: path)
    #expect(try database.run("SELECT id FROM users") == [[.integer(72)]])
  }
}
