import FoundationEssentials
import Upscale

/// The bot's state, shared by its threads and kept on the disk, and the live state, which is not kept.
///
/// Every change of the state is a transaction: it is complete on the disk before other threads see it, or
/// not made. Threads wait here for work.
final class StateStore: Sendable {
  /// The parts are touched under the lock of `Shared` only.
  private struct Books: @unchecked Sendable {
    var state: BotState
    /// In memory only.
    var live = LiveState()
    let database: Database
  }

  private let books: Shared<Books>

  /// Opens the database.
  ///
  /// - Parameter path: of the database.
  /// - Throws: `.cannotCreate`; `.inputOutput` for a database that is damaged or of another version.
  init(path: String) throws(UpscaleError) {
    let database = try Database(path: path)
    let version = try database.run("PRAGMA user_version").first?.first?.integer ?? 0
    guard version == 0 || version == Self.version else {
      throw UpscaleError(
        .inputOutput,
        "the database '\(path)' is of another version (\(version)) of upscale; use that version, "
          + "or move the file away to start afresh")
    }
    try database.transaction { () throws(UpscaleError) in
      for table in Self.tables {
        try database.run(
          "CREATE TABLE IF NOT EXISTS \(table) (id INTEGER PRIMARY KEY, body TEXT NOT NULL)")
      }
      try database.run("PRAGMA user_version = \(Self.version)")
    }
    let memory: Table<Memory> = try Self.load("memory", from: database)
    var state = BotState(
      jobs: try Self.load("jobs", from: database), cards: try Self.load("cards", from: database),
      outbox: try Self.load("outbox", from: database),
      users: try Self.load("users", from: database),
      handled: try Self.load("handled", from: database), memory: memory[0] ?? Memory())
    // Earlier versions kept the defaults of every user, too.
    for user in state.users.ids(where: { $0 == UserRecord() }) { state.users[user] = nil }
    books = Shared(Books(state: state, database: database))
  }

  private static let version: Int64 = 1
  private static let tables = ["jobs", "cards", "outbox", "users", "handled", "memory"]

  // MARK: Use

  /// Reads both states.
  func read<Result>(_ body: (BotState, LiveState) -> Result) -> Result {
    books.read { body($0.state, $0.live) }
  }

  /// Changes the state; when this returns, the change is on the disk.
  ///
  /// - Parameter body: changes it, and what is being done.
  /// - Returns: what `body` returns.
  /// - Throws: `.inputOutput` when writing fails; then nothing has changed.
  @discardableResult
  func change<Result>(
    _ body: (inout BotState, inout LiveState) -> Result
  ) throws(UpscaleError) -> Result {
    let outcome = books.update { books -> Swift.Result<Result, UpscaleError> in
      var (state, live) = (books.state, books.live)
      let result = body(&state, &live)
      let touchesUsers = state.touchesUsers
      do throws(UpscaleError) {
        try Self.store(&state, replacing: books.state, in: books.database)
      } catch {
        return .failure(error)
      }
      if touchesUsers { live.remains.note() }
      books.state = state
      books.live = live
      return .success(result)
    }
    return try outcome.get()
  }

  /// Changes the live state; nothing is written to the disk.
  @discardableResult
  func note<Result>(_ body: (inout LiveState) -> Result) -> Result {
    books.update { body(&$0.live) }
  }

  /// Waits until `body` finds work; it is called after each change.
  ///
  /// - Parameters:
  ///   - seconds: how long at most.
  ///   - body: looks for it, and may note that it is being done.
  /// - Returns: what it found, or nil when the time is over.
  func wait<Result>(
    upTo seconds: Double, for body: (BotState, inout LiveState) -> Result?
  ) -> Result? {
    books.wait(upTo: seconds) { body($0.state, &$0.live) }
  }

  /// Removes live states of deleted rows.
  func prune() {
    books.note { $0.live.prune($0.state, at: monotonicSeconds()) }
  }

  // MARK: Disk

  /// Removes all traces of deleted rows from the disk.
  ///
  /// - Throws: `.inputOutput` when some may be left.
  func erase() throws(UpscaleError) {
    let outcome = books.update { books -> Result<Void, UpscaleError> in
      do throws(UpscaleError) {
        try books.database.erase()
      } catch {
        books.live.remains.couldNotErase(at: monotonicSeconds())
        return .failure(error)
      }
      books.live.remains.erased(books.state, at: monotonicSeconds())
      return .success(())
    }
    try outcome.get()
  }

  private static func load<Row>(
    _ table: String, from database: Database
  ) throws(UpscaleError) -> Table<Row> {
    var rows: [Int64: Row] = [:]
    for columns in try database.run("SELECT id, body FROM \(table)") {
      guard columns.count == 2, let id = columns[0].integer, let body = columns[1].text,
        let row = BoundedJSON.decode(Row.self, body.utf8)
      else {
        throw UpscaleError(
          .inputOutput, "the bot's database is damaged (a row of '\(table)'); move it away")
      }
      rows[id] = row
    }
    return Table(stored: rows)
  }

  private static func store(
    _ state: inout BotState, replacing old: BotState, in database: Database
  ) throws(UpscaleError) {
    let hasMemory = state.memory != old.memory
    guard hasMemory || state.isChanged else { return }
    let current = state
    try database.transaction { () throws(UpscaleError) in
      try store(current.jobs, as: "jobs", in: database)
      try store(current.cards, as: "cards", in: database)
      try store(current.outbox, as: "outbox", in: database)
      try store(current.users, as: "users", in: database)
      try store(current.handled, as: "handled", in: database)
      if hasMemory { try put(current.memory, id: 0, into: "memory", in: database) }
    }
    state.forgetChanges()
  }

  private static func store<Row>(
    _ table: Table<Row>, as name: String, in database: Database
  ) throws(UpscaleError) {
    for id in table.changes {
      if let row = table[id] {
        try put(row, id: id, into: name, in: database)
      } else {
        try database.run("DELETE FROM \(name) WHERE id = ?", [.integer(id)])
      }
    }
  }

  private static func put(
    _ row: some Encodable, id: Int64, into table: String, in database: Database
  ) throws(UpscaleError) {
    guard let body = try? JSONEncoder().encode(row) else {
      throw UpscaleError(.internalFault, "a row of '\(table)' cannot be written as JSON")
    }
    try database.run(
      "INSERT OR REPLACE INTO \(table) (id, body) VALUES (?, ?)",
      [.integer(id), .text(String(decoding: body, as: UTF8.self))])
  }
}

extension BotState {
  /// Whether a row differs from what the disk has.
  fileprivate var isChanged: Bool {
    touchesUsers || !handled.changes.isEmpty
  }

  /// Whether something of users' differs from what the disk has.
  fileprivate var touchesUsers: Bool {
    !(jobs.changes.isEmpty && cards.changes.isEmpty && outbox.changes.isEmpty
      && users.changes.isEmpty)
  }

  fileprivate mutating func forgetChanges() {
    jobs.forgetChanges()
    cards.forgetChanges()
    outbox.forgetChanges()
    users.forgetChanges()
    handled.forgetChanges()
  }
}
