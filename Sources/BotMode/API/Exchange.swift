/// The callbacks of a running request.
final class Exchange {
  /// Takes a piece of the answer's body, whose status is known by then.
  ///
  /// Returns whether it wants more.
  let take: (_ status: Int, _ bytes: UnsafeRawBufferPointer) -> Bool
  /// Is told bytes received and to receive, sent and to send; totals are 0 when unknown.
  let progress: ((_ received: (Int, Int), _ sent: (Int, Int)) -> Void)?
  /// Is asked several times a second.
  let isCancelled: (() -> Bool)?

  init(
    take: @escaping (Int, UnsafeRawBufferPointer) -> Bool,
    progress: (((Int, Int), (Int, Int)) -> Void)? = nil, isCancelled: (() -> Bool)? = nil
  ) {
    self.take = take
    self.progress = progress
    self.isCancelled = isCancelled
  }
}
