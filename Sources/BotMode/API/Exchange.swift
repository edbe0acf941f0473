/// The callbacks of a running request.
final class Exchange {
  /// Takes a piece of the answer's body, whose status is known by then.
  ///
  /// Returns whether it wants more.
  let take: (_ status: Int, _ bytes: UnsafeRawBufferPointer) -> Bool
  /// Is asked several times a second.
  let isCancelled: (() -> Bool)?

  init(
    take: @escaping (Int, UnsafeRawBufferPointer) -> Bool,
    isCancelled: (() -> Bool)? = nil
  ) {
    self.take = take
    self.isCancelled = isCancelled
  }
}
