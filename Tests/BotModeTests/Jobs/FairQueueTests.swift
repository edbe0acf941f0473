import Testing

@testable import BotMode

/// Whose turn it is.
struct FairQueueTests {
  private func order(_ users: [Int64], _ turns: [Int64: Int64] = [:]) -> [Int64] {
    FairQueue.order(
      users.enumerated().map { .init(job: Int64($0.offset), user: $0.element) }, lastTurns: turns
    ).map(\.job)
  }

  @Test("Users take turns, whoever sent more")
  func turns() {
    #expect(order([1, 1, 1, 2, 3]) == [0, 3, 4, 1, 2])
    #expect(order([1, 2, 1, 2]) == [0, 1, 2, 3])
    #expect(order([]) == [])
  }

  @Test("Who has waited for longest comes first; a newcomer does not wait behind a heap")
  func waiting() {
    #expect(order([1, 1, 2], [1: 9]) == [2, 0, 1])
    #expect(order([1, 2, 3], [1: 5, 2: 3, 3: 4]) == [1, 2, 0])
  }

  @Test(
    "All are there once, each user's in their order, and nobody has two turns before another has one"
  )
  func properties() {
    var random = SystemRandomNumberGenerator()
    for _ in 0..<200 {
      let users = (0..<Int.random(in: 0...40, using: &random)).map { _ in
        Int64.random(in: 1...6, using: &random)
      }
      let turns = Dictionary(
        uniqueKeysWithValues: (1...6).map { (Int64($0), Int64.random(in: 0...20, using: &random)) })
      let result = order(users, turns)
      #expect(result.sorted() == Array(0..<Int64(users.count)))
      var given: [Int64: Int] = [:]
      var last: [Int64: Int64] = [:]
      for (index, job) in result.enumerated() {
        let user = users[Int(job)]
        #expect(last[user, default: -1] < job)
        last[user] = job
        given[user, default: 0] += 1
        // A user who still waits has had at most one turn less than any other.
        for other in Set(result[index...].map { users[Int($0)] }) {
          #expect(given[user, default: 0] - given[other, default: 0] <= 1)
        }
      }
    }
  }
}
