package import Upscale

/// What the header of a picture says.
package struct PictureExamination: Codable, Sendable, Equatable {
  package let format: PictureFormat
  /// Columns as seen, upright.
  package let width: Int
  /// Rows as seen, upright.
  package let height: Int
  package let hasAlpha: Bool
  /// Pictures in an animation, of which the first is read; 1 for a still.
  package let frameCount: Int
  /// Of the file.
  package let bytes: Int
  /// Faults that will be tolerated, a sentence each.
  package let warnings: [String]
}
