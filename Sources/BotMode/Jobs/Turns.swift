/// When each party had its last turn: the next goes to the one that has had none for the longest time.
///
/// It is in memory only, so that the disk does not record who uses the bot, and limited in size.
struct Turns<Party: Hashable & Sendable>: Sendable {
  private(set) var last: [Party: Int64] = [:]
  private var count: Int64 = 0

  /// Parties that are remembered.
  static var most: Int { 4096 }

  /// The party's last turn; 0 for none.
  subscript(party: Party) -> Int64 { last[party] ?? 0 }

  mutating func give(to party: Party) {
    count += 1
    last[party] = count
    guard last.count > Self.most else { return }
    // Half of the parties are dropped at once, so that this is seldom done.
    let oldest = count - Int64(Self.most / 2)
    last = last.filter { $0.value > oldest }
  }

  /// Forgets all turns.
  mutating func reset() { last = [:] }
}
