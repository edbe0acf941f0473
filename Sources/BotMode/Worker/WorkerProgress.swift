/// How far a task is.
package struct WorkerProgress: Codable, Sendable, Equatable {
  /// 0…1, of the enlarging; of one attempt to make the result smaller when `isFitting`.
  package let fraction: Double
  /// Seconds to 1; nil while little is known.
  package let remaining: Double?
  /// Whether the picture is enlarged and only its file is still too large.
  package let isFitting: Bool
}
