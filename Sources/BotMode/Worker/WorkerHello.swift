import Upscale

/// What a worker says of itself when it is ready.
package struct WorkerHello: Codable, Sendable, Equatable {
  package let version: String
  package let pid: Int32
  /// What holds it: "limits", "no-new-privileges", "landlock 7", "no-capabilities",
  /// "seccomp".
  package let sandbox: [String]
  package internal(set) var models: [WorkerModel]
  /// Bytes that it may hold: what it was told, or less where there is less.
  package var memory: Int?
}
