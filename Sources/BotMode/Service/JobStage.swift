/// A stage that jobs pass through: it says which job is next, and what is done with it.
protocol JobStage: Sendable {
  var context: BotContext { get }

  /// Whether its threads end.
  var isOver: Bool { get }

  /// - Parameters:
  ///   - state: what is kept.
  ///   - live: what is being done.
  /// - Returns: the job that is next and the state in which it is while it is worked on, or nil when
  ///   there is nothing to do. No thread works on the job.
  func next(_ state: BotState, _ live: LiveState) -> (id: Int64, state: JobState)?

  /// Works on a job that no other thread works on.
  ///
  /// - Parameters:
  ///   - id: its number.
  ///   - job: as it was when it was taken.
  /// - Returns: its state afterwards, if it is not over.
  func work(on id: Int64, _ job: Job) -> JobState

  /// Called when there was nothing to do for a moment.
  func idle()
}

extension JobStage {
  var isOver: Bool { context.isEnding }

  func idle() {}
}
