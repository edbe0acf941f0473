/// The first line itself.
struct WorkerStart: Codable, Sendable {
  let settings: WorkerSettings
  /// The process that the worker must not outlive.
  let parent: Int32
  /// Whether speeds are to be tried, for want of better knowledge.
  let measuresPaces: Bool
}
