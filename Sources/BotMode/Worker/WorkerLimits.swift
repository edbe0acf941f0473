/// What is too much for a worker.
package struct WorkerLimits: Codable, Sendable, Equatable {
  /// Of a picture that comes in.
  package var pixels = 25_000_000
  /// Of a picture that comes in.
  package var side = 32_768
  /// Of a file that comes in.
  package var fileBytes = 20 << 20
  /// Of the picture that the network makes.
  package var resultPixels = 400_000_000
  /// Seconds that a task may take; all threads' time counts against as many times that.
  package var taskSeconds = 3600

  package init() {}
}
