package import Upscale

/// A task to make the file of an enlarged picture (`WorkerEvent.rendered`) small enough.
package struct TranscodeTask: Codable, Sendable, Equatable {
  /// The enlarged picture's file, in the work folder; it is not removed.
  package var input: String
  /// The path of the result in the work folder, without its ending.
  package var output: String
  /// How many times larger than the original `input` is.
  package var scale: Double
  /// What the result is written as if that fits.
  package var format: PictureFormat
  /// nil for the format's default.
  package var quality: Int?
  /// The most bytes that the result may have.
  package var byteLimit: Int

  /// - Parameters:
  ///   - input: path of the enlarged picture.
  ///   - output: path of the result, without its ending.
  ///   - scale: of `input` against the original.
  ///   - format: what is wanted.
  ///   - quality: nil for the format's default.
  ///   - byteLimit: of the result.
  package init(
    input: String, output: String, scale: Double, format: PictureFormat = .png,
    quality: Int? = nil, byteLimit: Int
  ) {
    self.input = input
    self.output = output
    self.scale = scale
    self.format = format
    self.quality = quality
    self.byteLimit = byteLimit
  }
}
