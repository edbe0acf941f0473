/// The first line that a worker gets.
struct WorkerStart: Codable, Sendable {
  let settings: WorkerSettings
  /// The process with which the worker ends.
  let parent: Int32
  /// Whether speeds are to be measured, since they are not known.
  let measuresPaces: Bool
}
