package import Upscale

/// A task to enlarge a picture and to make its file small enough.
package struct UpscaleTask: Codable, Sendable, Equatable {
  /// The picture's file, in the work folder.
  package var input: String
  /// The path of the result in the work folder, without its ending.
  package var output: String
  /// One of `WorkerSettings.models`.
  package var model: String
  /// nil for the model's own factor.
  package var scale: Double?
  /// What the result is written as if that fits.
  package var format: PictureFormat
  /// nil for the format's default.
  package var quality: Int?
  /// The most bytes that the result may have.
  package var byteLimit: Int

  /// - Parameters:
  ///   - input: path of the picture.
  ///   - output: path of the result, without its ending.
  ///   - model: which network.
  ///   - scale: nil for the model's own factor.
  ///   - format: what is wanted.
  ///   - quality: nil for the format's default.
  ///   - byteLimit: of the result.
  package init(
    input: String, output: String, model: String, scale: Double? = nil,
    format: PictureFormat = .png, quality: Int? = nil, byteLimit: Int
  ) {
    self.input = input
    self.output = output
    self.model = model
    self.scale = scale
    self.format = format
    self.quality = quality
    self.byteLimit = byteLimit
  }
}
