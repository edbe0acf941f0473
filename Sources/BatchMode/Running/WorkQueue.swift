import Upscale

/// The pictures of one phase, handed out to workers one by one.
///
/// Used from any thread.
final class WorkQueue: Sendable {
  private struct State {
    var waiting: [Int]
    /// Those that were taken from `waiting`.
    var taken = 0
    /// Pictures that were returned; they come first.
    var returned: [Int] = []
    var tooLarge: [Int] = []
    var elsewhere: [Int] = []
  }

  private let state: Shared<State>

  /// - Parameter items: in the order in which they are to be done.
  init(_ items: [Int]) {
    state = Shared(State(waiting: items))
  }

  func next() -> Int? {
    state.update { state in
      if let item = state.returned.popLast() { return item }
      guard state.taken < state.waiting.count else { return nil }
      state.taken += 1
      return state.waiting[state.taken - 1]
    }
  }

  /// Pictures that waited for another of the same bytes.
  func giveBack(_ items: [Int]) { state.update { $0.returned += items.reversed() } }

  /// A picture that needs more memory than one worker has.
  func leaveForLater(_ item: Int) { state.update { $0.tooLarge.append(item) } }

  /// A picture whose output another run is computing.
  func leaveToOthers(_ item: Int) { state.update { $0.elsewhere.append(item) } }

  var tooLarge: [Int] { state.read(\.tooLarge) }
  var elsewhere: [Int] { state.read(\.elsewhere) }
}
