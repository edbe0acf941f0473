/// Who had his turn when: the next goes to whoever has had none for the longest time.
///
/// In memory only, and of so many: the disk need not tell who uses the bot.
struct Turns<Party: Hashable & Sendable>: Sendable {
  private(set) var last: [Party: Int64] = [:]
  private var count: Int64 = 0

  /// Parties that are remembered.
  static var most: Int { 4096 }

  /// 0 for who has had none.
  subscript(party: Party) -> Int64 { last[party] ?? 0 }

  mutating func give(to party: Party) {
    count += 1
    last[party] = count
    guard last.count > Self.most else { return }
    // Half of them at once, so that it is seldom done.
    let oldest = count - Int64(Self.most / 2)
    last = last.filter { $0.value > oldest }
  }

  /// All are equal again.
  mutating func reset() { last = [:] }
}
