/// Rows by their number, with a record of those that were changed since they were last stored.
struct Table<Row: Codable & Equatable & Sendable>: Sendable {
  private(set) var rows: [Int64: Row] = [:]
  /// Numbers of rows that were set or removed.
  private(set) var changes: Set<Int64> = []

  init() {}

  /// - Parameter stored: the rows on the disk.
  init(stored: [Int64: Row]) { rows = stored }

  subscript(id: Int64) -> Row? {
    get { rows[id] }
    set {
      guard rows[id] != newValue else { return }
      rows[id] = newValue
      changes.insert(id)
    }
  }

  var ids: Dictionary<Int64, Row>.Keys { rows.keys }

  /// Numbers of the rows that fit.
  func ids(where fits: (Row) -> Bool) -> [Int64] {
    rows.filter { fits($0.value) }.map(\.key)
  }

  /// Notes that all changes are on the disk.
  mutating func forgetChanges() { changes = [] }
}
