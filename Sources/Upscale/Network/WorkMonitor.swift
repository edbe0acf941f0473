import Pictures
package import SystemSupport

/// Counts work as it is done, and stops it when told to.
///
/// Work is counted in multiply-accumulate operations, so that progress moves evenly. Used from
/// the calling thread only.
package final class WorkMonitor {
  private let total: Int
  private var done = 0
  private let progress: (Double) -> Void
  private let isCancelled: () -> Bool

  package init(
    total: Int, progress: @escaping (Double) -> Void = { _ in },
    isCancelled: @escaping () -> Bool = { false }
  ) {
    self.total = max(1, total)
    self.progress = progress
    self.isCancelled = isCancelled
  }

  /// - Throws: `.cancelled` if the work is no longer wanted.
  package func advance(by multiplyAdds: Int) throws(UpscaleError) {
    done += multiplyAdds
    progress(min(1, Double(done) / Double(total)))
    if isCancelled() { throw UpscaleError(.cancelled, "interrupted") }
  }
}
