package import Upscale

/// One attempt to make a file small enough.
package struct FittingStep: Codable, Sendable, Equatable {
  package let format: PictureFormat
  /// nil without loss.
  package let quality: Int?
  package let width: Int
  package let height: Int
  /// The size of the file; an estimate where writing it was stopped.
  package let bytes: Int
  package let fits: Bool
}
