/// Whom a long piece of work tells how far it is, and asks whether it is still wanted.
///
/// Both are called on the thread of the work, often: they should take little time.
public struct WorkObserver {
  private let progress: (Double) -> Void
  private let isCancelled: () -> Bool

  /// - Parameters:
  ///   - progress: takes the share of the work that is done, 0…1.
  ///   - isCancelled: whether the work is to stop.
  public init(
    progress: @escaping (Double) -> Void = { _ in }, isCancelled: @escaping () -> Bool = { false }
  ) {
    self.progress = progress
    self.isCancelled = isCancelled
  }

  /// Says how far the work is.
  ///
  /// - Parameter fraction: 0…1.
  public func note(_ fraction: Double) { progress(fraction) }

  /// - Throws: `.cancelled` if the work is to stop.
  public func checkCancellation() throws(UpscaleError) {
    if isCancelled() { throw UpscaleError(.cancelled, "interrupted") }
  }

  /// The observer of a part of the work: cancelled with the whole, its progress goes elsewhere.
  ///
  /// - Parameter progress: takes the share of the part that is done, 0…1.
  /// - Returns: what to hand to the part.
  public func observing(_ progress: @escaping (Double) -> Void) -> WorkObserver {
    WorkObserver(progress: progress, isCancelled: isCancelled)
  }
}
