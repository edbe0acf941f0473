/// The loop of a stage's thread: wait for a job, take it, work on it, then put it back or remove its files.
struct JobLoop<Stage: JobStage>: Sendable {
  let stage: Stage

  /// Seconds after which the stage is asked whether it is over.
  private static var patience: Double { 0.5 }

  /// Works until the stage is over.
  func run() {
    let context = stage.context
    while !stage.isOver {
      guard let (id, job) = take() else {
        stage.idle()
        continue
      }
      let left = stage.work(on: id, job)
      if context.store.wait(upTo: 0, for: { $1.putBack(id, as: left, in: $0) }) == .over {
        context.folder.removeFiles(of: id)
      }
    }
  }

  private func take() -> (Int64, Job)? {
    stage.context.store.wait(upTo: Self.patience) { state, live -> (Int64, Job)? in
      guard let next = stage.next(state, live), let job = state.jobs[next.id],
        live.move(next.id, to: next.state)
      else { return nil }
      return (next.id, job)
    }
  }
}
