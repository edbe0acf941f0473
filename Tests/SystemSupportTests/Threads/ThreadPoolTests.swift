import Glibc
import Synchronization
import Testing

@testable import SystemSupport

/// How often each item of a loop was run.
private final class Tally: Sendable {
  private let counts: Shared<[Int]>

  init(_ count: Int) { counts = Shared(Array(repeating: 0, count: count)) }

  func note(_ index: Int) { counts.note { $0[index] += 1 } }

  var isOneEach: Bool { counts.read { $0.allSatisfy { $0 == 1 } } }
}

/// Items that end only when all of them are running at the same time, as the bands of a wavefront.
private struct Meeting: ~Copyable, Sendable {
  private let arrived = Atomic<Int>(0)

  func wait(for count: Int) {
    arrived.add(1, ordering: .acquiringAndReleasing)
    while arrived.load(ordering: .acquiring) < count { sched_yield() }
  }
}

@Suite("A pool of threads", .timeLimit(.minutes(20)))
struct ThreadPoolTests {
  @Test("One caller: each item once, on a thread of the loop", arguments: 1...5)
  func alone(threads: Int) {
    let pool = ThreadPool(count: threads)
    for count in 0..<40 {
      let tally = Tally(count)
      pool.parallelFor(count) { index, thread in
        #expect((0..<pool.count).contains(thread))
        tally.note(index)
      }
      #expect(tally.isOneEach, "\(count) items")
    }
  }

  @Test("Several callers at a time: each item of each loop once", arguments: 1...4)
  func shared(threads: Int) throws {
    let pool = ThreadPool(count: threads)
    let mistakes = Atomic<Int>(0)
    try Workers(count: 6) { caller in
      for round in 0..<300 {
        let count = (round * 7 + caller * 5) % 23
        let tally = Tally(count)
        pool.parallelFor(count) { index in
          tally.note(index)
          // Others come in between.
          sched_yield()
        }
        if !tally.isOneEach { mistakes.add(1, ordering: .relaxed) }
      }
    }.join()
    #expect(mistakes.load(ordering: .relaxed) == 0)
  }

  @Test("A loop has all threads, whoever else has one", arguments: 2...4)
  func wholeLoops(threads: Int) throws {
    let pool = ThreadPool(count: threads)
    let loops = Atomic<Int>(0)
    try Workers(count: 4) { _ in
      for _ in 0..<100 {
        let meeting = Meeting()
        pool.parallelFor(pool.concurrency) { _ in meeting.wait(for: pool.count) }
        loops.add(1, ordering: .relaxed)
      }
    }.join()
    #expect(loops.load(ordering: .relaxed) == 400)
  }

  @Test("The numbers of a loop's threads are its own")
  func threadNumbers() throws {
    let pool = ThreadPool(count: 3)
    let mistakes = Atomic<Int>(0)
    try Workers(count: 4) { _ in
      for _ in 0..<200 {
        // A place for each thread, used by one at a time, as scratch memory is.
        let users = [Tally(1), Tally(1), Tally(1)]
        let meeting = Meeting()
        pool.parallelFor(pool.count) { _, thread in
          users[thread].note(0)
          meeting.wait(for: pool.count)
        }
        if !users.allSatisfy(\.isOneEach) { mistakes.add(1, ordering: .relaxed) }
      }
    }.join()
    #expect(mistakes.load(ordering: .relaxed) == 0)
  }

  @Test("A loop within an item is run by the item's thread, in the same pool and in another")
  func nested() throws {
    let pools = [ThreadPool(count: 2), ThreadPool(count: 3)]
    let mistakes = Atomic<Int>(0)
    try Workers(count: 3) { caller in
      for _ in 0..<50 {
        let outer = Tally(4)
        pools[caller % 2].parallelFor(4) { item in
          outer.note(item)
          for pool in pools {
            let inner = Tally(9)
            pool.parallelFor(9) { index, thread in
              if thread != 0 { mistakes.add(1, ordering: .relaxed) }
              inner.note(index)
            }
            if !inner.isOneEach || pool.concurrency != 1 { mistakes.add(1, ordering: .relaxed) }
          }
        }
        if !outer.isOneEach { mistakes.add(1, ordering: .relaxed) }
      }
    }.join()
    #expect(mistakes.load(ordering: .relaxed) == 0)
    #expect(pools.map(\.concurrency) == [2, 3], "outside of items there are all of them")
  }
}
