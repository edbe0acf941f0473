import Glibc

/// A value that threads share: changed under a lock, and waited for.
///
/// The lock is a pthread mutex and not `Mutex`, which ThreadSanitizer does not recognise as a lock on
/// Linux: it is made of atomics in a library that is not instrumented.
///
/// `@unchecked Sendable`: the value is touched under the lock only.
package final class Shared<Value>: @unchecked Sendable {
  private let mutex: UnsafeMutablePointer<pthread_mutex_t>
  private let changed: UnsafeMutablePointer<pthread_cond_t>
  private var value: Value

  package init(_ value: sending Value) {
    self.value = value
    mutex = .allocate(capacity: 1)
    changed = .allocate(capacity: 1)
    pthread_mutex_init(mutex, nil)
    var attributes = pthread_condattr_t()
    pthread_condattr_init(&attributes)
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
    pthread_cond_init(changed, &attributes)
    pthread_condattr_destroy(&attributes)
  }

  deinit {
    pthread_mutex_destroy(mutex)
    pthread_cond_destroy(changed)
    mutex.deallocate()
    changed.deallocate()
  }

  /// Changes the value and wakes all threads that wait for it.
  package func update<Result, Failure: Error>(
    _ body: (inout Value) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    pthread_mutex_lock(mutex)
    defer {
      pthread_cond_broadcast(changed)
      pthread_mutex_unlock(mutex)
    }
    return try body(&value)
  }

  /// Changes the value without waking threads that wait for it.
  package func note(_ body: (inout Value) -> Void) {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    body(&value)
  }

  /// Looks at the value.
  package func read<Result>(_ body: (Value) -> Result) -> Result {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    return body(value)
  }

  /// Waits until `body` gives something: it is asked now and after each change.
  ///
  /// - Parameters:
  ///   - seconds: how long at most; nil for as long as it takes.
  ///   - body: may change the value when it gives something.
  /// - Returns: nil when the time is over.
  package func wait<Result>(
    upTo seconds: Double? = nil, _ body: (inout Value) -> Result?
  ) -> Result? {
    let end = seconds.map { monotonicSeconds() + $0 }
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    while true {
      if let result = body(&value) {
        pthread_cond_broadcast(changed)
        return result
      }
      guard let end else {
        pthread_cond_wait(changed, mutex)
        continue
      }
      var until = timespec()
      until.tv_sec = Int(end)
      until.tv_nsec = Int((end - end.rounded(.down)) * 1e9)
      if pthread_cond_timedwait(changed, mutex, &until) == ETIMEDOUT { return body(&value) }
    }
  }
}

extension Shared where Value == Int {
  /// Runs work for which one of the `value` permits is needed.
  package func withPermit<Result, Failure: Error>(
    _ work: () throws(Failure) -> Result
  ) throws(Failure) -> Result {
    _ = wait { permits -> Void? in
      guard permits > 0 else { return nil }
      permits -= 1
    }
    defer { update { $0 += 1 } }
    return try work()
  }
}
