import CSQLite
import Upscale

/// A SQLite file: statements with values bound to them, and transactions.
///
/// Everything that a transaction wrote is on the disk when it ends (`synchronous = FULL`); a failed one
/// leaves nothing. There is one connection, used under its owner's lock.
final class Database {
  /// What a column holds.
  enum Value: Equatable {
    case null
    case integer(Int64)
    case text(String)

    var integer: Int64? {
      if case .integer(let value) = self { return value }
      return nil
    }

    var text: String? {
      if case .text(let value) = self { return value }
      return nil
    }
  }

  private let connection: OpaquePointer
  private let path: String
  private var statements: [String: OpaquePointer] = [:]

  /// Opens the file, or makes it.
  ///
  /// - Parameter path: of the file; SQLite puts its journal beside it.
  /// - Throws: `.cannotCreate`, or `.inputOutput` for a file that is no database.
  init(path: String) throws(UpscaleError) {
    self.path = path
    var connection: OpaquePointer?
    let flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX
    let code = BytePath(path).withCString { sqlite3_open_v2($0, &connection, flags, nil) }
    guard code == SQLITE_OK, let connection else {
      let reason = connection.map { String(cString: sqlite3_errmsg($0)) } ?? "no memory"
      let scarcity = Scarcity.ofDescriptors
      sqlite3_close_v2(connection)
      if let scarcity { throw scarcity }
      throw UpscaleError(
        Self.isLackOfMemory(code) ? .memory() : .cannotCreate,
        "cannot open the database '\(path)': \(reason)")
    }
    self.connection = connection
    sqlite3_extended_result_codes(connection, 1)
    sqlite3_busy_timeout(connection, 5_000)
    do {
      try run("PRAGMA journal_mode = WAL")
      try run("PRAGMA synchronous = FULL")
      // Deleted rows are overwritten, so that nothing of a delivered picture's request stays on the disk.
      try run("PRAGMA secure_delete = ON")
      // `erase` rebuilds the database; this keeps its temporary copy in memory.
      try run("PRAGMA temp_store = MEMORY")
      // Pages, about a mebibyte: then the log is copied into the database and started anew.
      try run("PRAGMA wal_autocheckpoint = 256")
      try run("PRAGMA journal_size_limit = \(Self.logLimit)")
    } catch {
      sqlite3_close_v2(connection)
      throw error
    }
  }

  deinit {
    for statement in statements.values { sqlite3_finalize(statement) }
    sqlite3_close_v2(connection)
  }

  /// Runs one statement to its end.
  ///
  /// - Parameters:
  ///   - sql: the statement, with `?` for each value; kept compiled for the next time.
  ///   - values: in the order of the `?`.
  /// - Returns: the rows it gave.
  /// - Throws: `.inputOutput`.
  @discardableResult
  func run(_ sql: String, _ values: [Value] = []) throws(UpscaleError) -> [[Value]] {
    let statement = try prepared(sql)
    defer {
      sqlite3_reset(statement)
      sqlite3_clear_bindings(statement)
    }
    for (index, value) in values.enumerated() { bind(value, at: Int32(index + 1), of: statement) }
    var rows: [[Value]] = []
    while true {
      switch sqlite3_step(statement) {
      case SQLITE_ROW:
        rows.append((0..<sqlite3_column_count(statement)).map { column($0, of: statement) })
      case SQLITE_DONE:
        return rows
      default:
        throw failure("cannot use")
      }
    }
  }

  /// Does all of `body` or nothing of it.
  ///
  /// - Parameter body: runs statements.
  /// - Throws: what `body` throws, and `.inputOutput` when the commit does not reach the disk.
  func transaction(_ body: () throws(UpscaleError) -> Void) throws(UpscaleError) {
    try run("BEGIN IMMEDIATE")
    do {
      try body()
      try run("COMMIT")
    } catch {
      // Some failures have ended the transaction already.
      if sqlite3_get_autocommit(connection) == 0 { _ = try? run("ROLLBACK") }
      throw error
    }
  }

  /// The size in bytes to which the write-ahead log is cut when it is started anew.
  private static let logLimit = 1 << 20

  /// Removes all traces of deleted rows from the files.
  ///
  /// Deleted rows are overwritten in their last place, but may also be in pages that they were moved out
  /// of, and in the write-ahead log.
  ///
  /// - Throws: `.inputOutput` when something may be left.
  func erase() throws(UpscaleError) {
    var trouble: UpscaleError?
    do throws(UpscaleError) {
      try run("VACUUM")
    } catch {
      trouble = error
    }
    // On a full disk the rebuild fails, but the log can still be cleared.
    let answer = try run("PRAGMA wal_checkpoint(TRUNCATE)")
    if let trouble { throw trouble }
    guard answer.first?.first == .integer(0) else {
      throw UpscaleError(.inputOutput, "the database '\(path)' is used by another program")
    }
  }

  private func prepared(_ sql: String) throws(UpscaleError) -> OpaquePointer {
    if let statement = statements[sql] { return statement }
    var statement: OpaquePointer?
    guard sqlite3_prepare_v2(connection, sql, -1, &statement, nil) == SQLITE_OK,
      let statement
    else { throw failure("cannot use") }
    statements[sql] = statement
    return statement
  }

  private func bind(_ value: Value, at index: Int32, of statement: OpaquePointer) {
    switch value {
    case .null: sqlite3_bind_null(statement, index)
    case .integer(let number): sqlite3_bind_int64(statement, index, number)
    case .text(let text):
      // SQLITE_TRANSIENT: SQLite takes a copy.
      let copies = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
      sqlite3_bind_text(statement, index, text, Int32(text.utf8.count), copies)
    }
  }

  private func column(_ index: Int32, of statement: OpaquePointer) -> Value {
    switch sqlite3_column_type(statement, index) {
    case SQLITE_INTEGER: .integer(sqlite3_column_int64(statement, index))
    case SQLITE_NULL: .null
    default: .text(sqlite3_column_text(statement, index).map { String(cString: $0) } ?? "")
    }
  }

  /// SQLite reports a disk error when the system cannot map the file that its connections share, which is
  /// a lack of memory.
  private static func isLackOfMemory(_ code: Int32) -> Bool {
    let (ioErrorNoMemory, ioErrorMapping) = (SQLITE_IOERR | 12 << 8, SQLITE_IOERR | 21 << 8)
    return code & 0xFF == SQLITE_NOMEM || code == ioErrorNoMemory
      || code == ioErrorMapping && Machine.isAddressSpaceLimited
  }

  private func failure(_ action: String) -> UpscaleError {
    Scarcity.ofDescriptors
      ?? UpscaleError(
        Self.isLackOfMemory(sqlite3_extended_errcode(connection)) ? .memory() : .inputOutput,
        "\(action) the database '\(path)': \(String(cString: sqlite3_errmsg(connection)))")
  }
}
