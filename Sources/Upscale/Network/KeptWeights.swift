import Synchronization

/// Transformed weights of a network's blocks that stay for the next tile or picture.
///
/// A large network's are transformed anew for each use (see `TransformedWeights`). Where many small
/// tiles follow each other that is worth avoiding: at 128x128 it is 3 to 5 % of the time in
/// integers, at 32x32 a quarter. All that compute with one network share them.
final class KeptWeights: Sendable {
  private struct State {
    var isOn = false
    var blocks: [Int: TransformedWeights] = [:]
  }

  private let state = Mutex(State())

  /// Whether weights are kept from now on.
  var isOn: Bool { state.withLock { $0.isOn } }

  func keep() { state.withLock { $0.isOn = true } }

  /// The weights of a block, made at the first call.
  ///
  /// - Returns: nil if none are kept, or there is no memory for them.
  func weights(
    ofBlock number: Int, _ make: () throws(UpscaleError) -> TransformedWeights
  ) -> TransformedWeights? {
    state.withLock { state in
      guard state.isOn else { return nil }
      if let kept = state.blocks[number] { return kept }
      // What it could throw is that there is no memory: then they are made anew for each use.
      guard let made = try? make() else { return nil }
      state.blocks[number] = made
      return made
    }
  }
}
