import SystemSupport

/// Transformed weights of a network's blocks that stay for the next tile or picture.
///
/// A large network's are transformed anew for each use (see `TransformedWeights`). Where many small
/// tiles follow each other that is worth avoiding: at 128x128 it is 3 to 5 % of the time in
/// integers, at 32x32 a quarter. All that compute with one network share them.
final class KeptWeights: Sendable {
  private struct State {
    var isOn = false
    var blocks: [Int: TransformedWeights] = [:]
    /// Blocks whose weights a caller is making now.
    var begun: Set<Int> = []
  }

  private enum Answer {
    case kept(TransformedWeights)
    case makeThem
    case none
  }

  private let state = Shared(State())

  /// Whether weights are kept from now on.
  var isOn: Bool { state.read { $0.isOn } }

  func keep() { state.note { $0.isOn = true } }

  /// The weights of a block, made at the first call.
  ///
  /// - Returns: nil if none are kept, if another caller is making them (waiting here could block the
  ///   threads that make them), or if there is no memory for them.
  func weights(
    ofBlock number: Int, _ make: () throws(UpscaleError) -> TransformedWeights
  ) -> TransformedWeights? {
    let answer = state.update { state -> Answer in
      guard state.isOn else { return .none }
      if let kept = state.blocks[number] { return .kept(kept) }
      return state.begun.insert(number).inserted ? .makeThem : .none
    }
    switch answer {
    case .kept(let weights): return weights
    case .none: return nil
    case .makeThem:
      // It throws only for lack of memory; then the weights are made anew for each use.
      let made = try? make()
      state.note { state in
        state.begun.remove(number)
        state.blocks[number] = made
      }
      return made
    }
  }
}
