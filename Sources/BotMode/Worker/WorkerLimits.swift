/// Limits on the pictures and tasks of a worker.
package struct WorkerLimits: Codable, Sendable, Equatable {
  /// The most pixels of an input picture.
  package var pixels = 25_000_000
  /// The longest side of an input picture.
  package var side = 32_768
  /// The most bytes of an input file.
  package var fileBytes = 20 << 20
  /// The most pixels of an enlarged picture.
  package var resultPixels = 400_000_000
  /// The most seconds of a task. Its processor time is limited to so many seconds for each thread.
  package var taskSeconds = 3600

  package init() {}
}
