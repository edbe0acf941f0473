import Upscale

/// The first report of a worker, when it is ready.
package struct WorkerHello: Codable, Sendable, Equatable {
  package let version: String
  package let pid: Int32
  /// The parts of the sandbox in force: "limits", "no-new-privileges", "landlock 7", "no-capabilities",
  /// "seccomp".
  package let sandbox: [String]
  package internal(set) var models: [WorkerModel]
  /// Bytes that it may hold: the limit of its settings, or less where less is available.
  package var memory: Int?
}
