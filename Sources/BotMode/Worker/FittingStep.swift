package import Upscale

/// One attempt to make a file small enough.
package struct FittingStep: Codable, Sendable, Equatable {
  package let format: PictureFormat
  /// nil without loss.
  package let quality: Int?
  package let width: Int
  package let height: Int
  /// What the file has or would have; where it was given up half-way, about what it would have.
  package let bytes: Int
  package let fits: Bool
}
