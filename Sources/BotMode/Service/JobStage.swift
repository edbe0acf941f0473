/// A stage that jobs pass through: it chooses the next job and works on it.
protocol JobStage: Sendable {
  var context: BotContext { get }

  /// Whether its threads are to end.
  var isOver: Bool { get }

  /// - Parameters:
  ///   - state: the kept state.
  ///   - live: the live state.
  /// - Returns: the next job, on which no thread works, and its state while it is worked on; nil when
  ///   there is nothing to do.
  func next(_ state: BotState, _ live: LiveState) -> (id: Int64, state: JobState)?

  /// Works on a job that no other thread works on.
  ///
  /// - Parameters:
  ///   - id: its number.
  ///   - job: as it was when it was taken.
  /// - Returns: its state afterwards, if it is not over.
  func work(on id: Int64, _ job: Job) -> JobState

  /// Called when there has been nothing to do for a moment.
  func idle()
}

extension JobStage {
  var isOver: Bool { context.isEnding }

  func idle() {}
}
