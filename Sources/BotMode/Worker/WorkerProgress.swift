/// The progress of a task.
package struct WorkerProgress: Codable, Sendable, Equatable {
  /// The share that is done, 0…1: of enlarging, or, when `isFitting`, of one attempt to make the file
  /// smaller.
  package let fraction: Double
  /// Seconds that are left; nil while there is no estimate.
  package let remaining: Double?
  /// Whether the picture is enlarged and only its file is still too large.
  package let isFitting: Bool
}
