import Glibc

/// Threads that each do a piece of long work beside the caller's.
///
/// Unlike a `ThreadPool`'s, their work may block. The owner joins or detaches them, or ends the process.
package final class Workers {
  private var threads: [pthread_t] = []

  /// How many there are.
  package var count: Int { threads.count }

  private final class Start {
    let index: Int
    let body: @Sendable (Int) -> Void

    init(index: Int, body: @escaping @Sendable (Int) -> Void) {
      self.index = index
      self.body = body
    }
  }

  /// Starts up to `count` threads; a limit on processes can make it fewer.
  ///
  /// - Parameters:
  ///   - count: how many.
  ///   - body: what each does, told which it is (below `count`).
  /// - Throws: `.noThread` when there is not even one.
  package init(
    count: Int, _ body: @escaping @Sendable (Int) -> Void
  ) throws(UpscaleError) {
    for index in 0..<count {
      var thread = pthread_t()
      let start = Unmanaged.passRetained(Start(index: index, body: body))
      let status = pthread_create(
        &thread, nil,
        { context in
          guard let context else { return nil }
          let start = Unmanaged<Start>.fromOpaque(context).takeRetainedValue()
          start.body(start.index)
          return nil
        }, start.toOpaque())
      guard status == 0 else {
        start.release()
        break
      }
      threads.append(thread)
    }
    guard !threads.isEmpty else {
      throw UpscaleError(
        .noThread,
        "the system gives no thread to work with; raise the limits (ulimit -u, ulimit -v)")
    }
  }

  /// Lets the threads end on their own; they are not joined.
  package func detach() {
    for thread in threads { pthread_detach(thread) }
    threads = []
  }

  /// Waits until all have done their work.
  package func join() {
    for thread in threads { pthread_join(thread, nil) }
    threads = []
  }
}
