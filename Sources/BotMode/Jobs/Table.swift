/// Rows by their number, which remember what of them was changed since they were last stored.
struct Table<Row: Codable & Equatable & Sendable>: Sendable {
  private(set) var rows: [Int64: Row] = [:]
  /// Numbers of rows that were set or removed.
  private(set) var changes: Set<Int64> = []

  init() {}

  /// - Parameter stored: what the disk has.
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

  /// The next number that no row has had since the largest was there.
  var nextID: Int64 { (rows.keys.max() ?? 0) + 1 }

  /// Notes that the disk has everything.
  mutating func forgetChanges() { changes = [] }
}
