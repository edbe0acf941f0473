import Pictures
package import SystemSupport

/// Counts work as it is done, and stops it when told to.
///
/// Work is counted in multiply-accumulate operations, so that progress moves evenly. Used from
/// the calling thread only.
package final class WorkMonitor {
  private let total: Int
  private var done = 0
  private let observer: WorkObserver

  package init(total: Int, observer: WorkObserver = WorkObserver()) {
    self.total = max(1, total)
    self.observer = observer
  }

  /// - Throws: `.cancelled` if the work is no longer wanted.
  package func advance(by multiplyAdds: Int) throws(UpscaleError) {
    done += multiplyAdds
    observer.note(min(1, Double(done) / Double(total)))
    try observer.checkCancellation()
  }
}
