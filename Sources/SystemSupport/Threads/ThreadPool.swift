import Glibc
import Synchronization

/// The threads that compute: `count - 1` workers, and the caller works too.
///
/// Items of a loop are handed out one by one from an atomic counter, so a core that is taken away
/// by another process only slows the items it holds. Workers spin for a moment between loops
/// (layers follow each other within microseconds) and sleep when nothing comes.
///
/// Any number of callers may share a pool. One loop runs at a time and has all threads: the bands of a
/// wavefront wait for one another, so with half of the threads they would wait for ever. Callers take
/// turns in the order in which they came, so that several pictures advance side by side, loop by loop. A
/// loop of one item, and any loop of a pool without workers, is run by its caller at once.
///
/// A loop that is started within an item is run by the item's thread alone: waiting for a turn there
/// would be a deadlock.
///
/// `@unchecked Sendable`: the loop being run is published and retired under `mutex`, and lives on
/// the caller's stack until every worker has left it.
package final class ThreadPool: @unchecked Sendable {
  /// Threads that work on a loop, the caller's included.
  package var count: Int { workers.count + 1 }

  /// Threads that a loop of the calling thread would have: one within an item of a loop.
  package var concurrency: Int { LoopMark.isSet ? 1 : count }

  private let mutex: UnsafeMutablePointer<pthread_mutex_t>
  private let wake: UnsafeMutablePointer<pthread_cond_t>
  private let turnChange: UnsafeMutablePointer<pthread_cond_t>
  private var workers: [pthread_t] = []
  private var stopping = false
  private var loop: Loop?
  /// The ticket of the next caller, and the ticket whose turn it is.
  private var nextTicket = 0
  private var turn = 0
  /// Rises with each loop; workers watch it while they spin.
  private let generation = Atomic<Int>(0)
  private let nextItem = Atomic<Int>(0)
  /// Workers that have taken their number.
  private let started = Atomic<Int>(0)
  /// Workers inside the current loop.
  private let active = Atomic<Int>(0)

  /// The loop that is running. It holds a pointer to the body, which is on the caller's stack: no worker
  /// can keep a reference to it.
  private struct Loop {
    let count: Int
    let body: UnsafePointer<(Int, Int) -> Void>
  }

  package init(count: Int) {
    mutex = .allocate(capacity: 1)
    wake = .allocate(capacity: 1)
    turnChange = .allocate(capacity: 1)
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(wake, nil)
    pthread_cond_init(turnChange, nil)
    for _ in 1..<max(1, count) {
      var thread = pthread_t()
      let context = Unmanaged.passUnretained(self).toOpaque()
      let status = pthread_create(
        &thread, nil,
        { context in
          guard let context else { return nil }
          // The pool joins its threads before it goes, so it outlives them.
          Unmanaged<ThreadPool>.fromOpaque(context).takeUnretainedValue().work()
          return nil
        }, context)
      // With fewer workers than asked for (a process limit), loops are slower, but complete.
      guard status == 0 else { break }
      workers.append(thread)
    }
  }

  deinit {
    pthread_mutex_lock(mutex)
    stopping = true
    pthread_cond_broadcast(wake)
    pthread_mutex_unlock(mutex)
    _ = generation.add(1, ordering: .releasing)
    for worker in workers { pthread_join(worker, nil) }
    pthread_mutex_destroy(mutex)
    pthread_cond_destroy(wake)
    pthread_cond_destroy(turnChange)
    mutex.deallocate()
    wake.deallocate()
    turnChange.deallocate()
  }

  /// Runs `body` for every index below `count`, in any order, on all threads; returns when all
  /// are done.
  package func parallelFor(_ count: Int, _ body: (Int) -> Void) {
    parallelFor(count) { index, _ in body(index) }
  }

  /// The same; `body` also learns which of the loop's threads (below `count`) it runs on.
  package func parallelFor(_ count: Int, _ body: (_ index: Int, _ thread: Int) -> Void) {
    guard count > 1, !workers.isEmpty, !LoopMark.isSet else {
      for index in 0..<max(0, count) { body(index, 0) }
      return
    }
    withoutActuallyEscaping(body) { body in
      withUnsafePointer(to: body) { body in run(Loop(count: count, body: body)) }
    }
  }

  private func run(_ work: Loop) {
    pthread_mutex_lock(mutex)
    let ticket = nextTicket
    nextTicket += 1
    while turn != ticket { pthread_cond_wait(turnChange, mutex) }
    nextItem.store(0, ordering: .relaxed)
    loop = work
    _ = generation.add(1, ordering: .releasing)
    pthread_cond_broadcast(wake)
    pthread_mutex_unlock(mutex)

    LoopMark.set(true)
    takeItems(of: work, thread: 0)
    LoopMark.set(false)

    // No worker can enter once the loop is retired; wait for those inside.
    pthread_mutex_lock(mutex)
    loop = nil
    pthread_mutex_unlock(mutex)
    var spins = 0
    while active.load(ordering: .acquiring) > 0 {
      spins += 1
      if spins > 2000 { sched_yield() }
    }

    pthread_mutex_lock(mutex)
    turn += 1
    if turn != nextTicket { pthread_cond_broadcast(turnChange) }
    pthread_mutex_unlock(mutex)
  }

  @inline(never)
  private func takeItems(of loop: Loop, thread: Int) {
    while true {
      let index = nextItem.add(1, ordering: .relaxed).oldValue
      guard index < loop.count else { return }
      loop.body.pointee(index, thread)
    }
  }

  private func work() {
    LoopMark.set(true)
    let thread = started.add(1, ordering: .relaxed).newValue
    var seen = 0
    while true {
      var spins = 0
      while generation.load(ordering: .acquiring) == seen, spins < 4000 { spins += 1 }
      pthread_mutex_lock(mutex)
      while loop == nil || generation.load(ordering: .relaxed) == seen {
        if stopping {
          pthread_mutex_unlock(mutex)
          return
        }
        seen = generation.load(ordering: .relaxed)
        pthread_cond_wait(wake, mutex)
      }
      seen = generation.load(ordering: .relaxed)
      guard let loop else {
        pthread_mutex_unlock(mutex)
        continue
      }
      _ = active.add(1, ordering: .acquiringAndReleasing)
      pthread_mutex_unlock(mutex)
      takeItems(of: loop, thread: thread)
      _ = active.subtract(1, ordering: .acquiringAndReleasing)
    }
  }
}
