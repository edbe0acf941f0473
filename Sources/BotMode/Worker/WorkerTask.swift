package import Upscale

/// Work for the worker, one at a time: a picture's file to make, below a size.
package struct WorkerTask: Codable, Sendable, Equatable {
  /// What is made of the input.
  package enum Work: Codable, Sendable, Equatable {
    /// Enlarges it: `model` is one of `WorkerSettings.models`, `scale` nil for the model's own factor.
    case upscale(model: String, scale: Double?)
    /// Writes a picture anew that is enlarged already (`WorkerEvent.rendered`) and stays; `scale` is how
    /// many times larger than the original it is.
    case fit(scale: Double)
  }

  package var work: Work
  /// The picture's file, in the work folder.
  package var input: String
  /// The path of the result in the work folder, without its ending.
  package var output: String
  /// What the result is written as if that fits.
  package var format: PictureFormat
  /// The most bytes that the result may have.
  package var byteLimit: Int

  /// - Parameters:
  ///   - work: what is made of the input.
  ///   - input: path of the picture.
  ///   - output: path of the result, without its ending.
  ///   - format: what is wanted.
  ///   - byteLimit: of the result.
  package init(
    _ work: Work, input: String, output: String, format: PictureFormat = .png, byteLimit: Int
  ) {
    self.work = work
    self.input = input
    self.output = output
    self.format = format
    self.byteLimit = byteLimit
  }
}
