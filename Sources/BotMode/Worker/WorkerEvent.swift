/// What is told of a task before its end.
package enum WorkerEvent: Codable, Sendable, Equatable {
  /// How far it is, twice a second at most.
  case progress(WorkerProgress)
  /// The enlarged picture is on the disk: from here on it can be fitted without the network.
  case rendered(RenderedPicture)
}
