import Upscale

/// Whom a task tells what happens, and asks whether it is still wanted.
struct TaskObserver {
  let tell: (WorkerEvent) -> Void
  let isCancelled: () -> Bool

  /// Seconds between two events that tell how far a task is.
  private static let pause = 0.5

  /// The observer of one part of the task, which tells of its progress now and then; `isFitting` if the
  /// part makes a file fit, rather than computes the network.
  func observer(isFitting: Bool) -> WorkObserver {
    let start = monotonicSeconds()
    var last = -Double.infinity
    return WorkObserver(
      progress: { fraction in
        let now = monotonicSeconds()
        guard now - last >= Self.pause else { return }
        last = now
        let elapsed = now - start
        let isTelling = fraction > 0.02 && elapsed > 0.2 && fraction <= 1
        tell(
          .progress(
            WorkerProgress(
              fraction: fraction.isFinite ? min(1, max(0, fraction)) : 0,
              remaining: isTelling ? elapsed / fraction * (1 - fraction) : nil,
              isFitting: isFitting)))
      }, isCancelled: isCancelled)
  }
}
