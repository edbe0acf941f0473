/// A report about a running task.
package enum WorkerEvent: Codable, Sendable, Equatable {
  /// The progress, at most twice a second.
  case progress(WorkerProgress)
  /// The enlarged picture is on the disk; if the task fails later, a `TranscodeTask` can finish it without
  /// the network.
  case rendered(RenderedPicture)
}
