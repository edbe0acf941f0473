package import Upscale

/// A task's result.
package struct WorkerResult: Codable, Sendable, Equatable {
  package let file: EncodedFile
  /// How many times larger than the original it is: less than what was asked for where the file
  /// had to become smaller.
  package let scale: Double
  /// What was tried to make the file fit, in order; the last one is the result. Empty when it fitted
  /// as it was asked for.
  package let steps: [FittingStep]
  /// What was put up with in the input, a sentence each.
  package let warnings: [String]
  /// What is wrong with the input's pixels, or nil where it was whole; nil of a task that fits, since
  /// its input is of the worker's own making.
  package let damage: PictureDamage?
  /// What of the picture is not in the result, a sentence each.
  package let losses: [String]
  /// What the task took.
  package let seconds: Double
}
