/// What the parent sends, one JSON object a line; `WorkerStart` comes first.
enum WorkerCommand: Codable, Sendable, Equatable {
  /// To be answered at once, even while a task is running.
  case examine(id: Int, path: String)
  /// To be done after what came before.
  case task(id: Int, WorkerTask)
  /// To be done after what came before.
  case probe(id: Int, WorkerProbe)
  case cancel(id: Int)
  case quit
}
