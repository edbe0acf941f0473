package import Upscale

/// The result of a task.
package struct WorkerResult: Codable, Sendable, Equatable {
  package let file: EncodedFile
  /// How many times larger than the original it is: less than what was asked for where the file
  /// had to become smaller.
  package let scale: Double
  /// The attempts to make the file small enough, in order; the last one is the result. Empty when the
  /// wanted form was small enough.
  package let steps: [FittingStep]
  /// Faults of the input that were tolerated, a sentence each.
  package let warnings: [String]
  /// What is wrong with the input's pixels, or nil where it was whole; always nil for a `TranscodeTask`,
  /// whose input the worker has made.
  package let damage: PictureDamage?
  /// Properties of the picture that the result does not have, a sentence each.
  package let losses: [String]
  /// The duration of the task.
  package let seconds: Double
}
