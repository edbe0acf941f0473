/// Decides whose turn it is: users take turns, and each user's pictures keep their order.
///
/// The next turn goes to the user who has had none for the longest time, so the number of pictures that a
/// user sends does not change how long others wait.
enum FairQueue {
  /// A picture that waits.
  struct Entry: Equatable {
    var job: Int64
    var user: Int64
  }

  /// - Parameters:
  ///   - waiting: in the order in which they came.
  ///   - lastTurns: when each user had his last turn; 0 or nothing for none yet.
  /// - Returns: the same in the order in which they will be computed if no others are sent.
  static func order(_ waiting: [Entry], lastTurns: [Int64: Int64]) -> [Entry] {
    var queues: [Int64: [Entry]] = [:]
    var users: [Int64] = []
    for entry in waiting {
      if queues[entry.user] == nil { users.append(entry.user) }
      queues[entry.user, default: []].append(entry)
    }
    var turns = lastTurns
    var now = (lastTurns.values.max() ?? 0) + 1
    var places: [Int64: Int] = [:]
    var result: [Entry] = []
    while !users.isEmpty {
      // Among users who have waited equally long, the one whose picture came first.
      guard
        let next = users.enumerated().min(by: {
          (turns[$0.element] ?? 0, $0.offset) < (turns[$1.element] ?? 0, $1.offset)
        })
      else { break }
      let user = next.element
      let place = places[user, default: 0]
      let queue = queues[user] ?? []
      result.append(queue[place])
      places[user] = place + 1
      turns[user] = now
      now += 1
      if place + 1 == queue.count { users.remove(at: next.offset) }
    }
    return result
  }
}

extension BotState {
  /// The jobs that wait to be computed, in the order in which they will be.
  ///
  /// - Parameter busy: jobs that are being computed, which do not wait any more.
  /// - Returns: their numbers.
  func queue(without busy: Set<Int64> = []) -> [Int64] {
    let waiting = jobs.rows.filter { $0.value.stage == .waiting && !busy.contains($0.key) }
      .sorted { $0.key < $1.key }
      .map { FairQueue.Entry(job: $0.key, user: $0.value.user) }
    let turns = Dictionary(
      uniqueKeysWithValues: Set(waiting.map(\.user)).map { ($0, self.turns[$0]) })
    return FairQueue.order(waiting, lastTurns: turns).map(\.job)
  }

  /// Notes that a user has a turn.
  mutating func giveTurn(to user: Int64) { turns.give(to: user) }
}
