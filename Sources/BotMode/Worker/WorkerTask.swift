package import Upscale

/// Work for the worker: one at a time.
package enum WorkerTask: Codable, Sendable, Equatable {
  case upscale(UpscaleTask)
  case transcode(TranscodeTask)
}

/// A picture to enlarge, and to bring below a size.
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

/// A picture that is enlarged already (`WorkerEvent.rendered`), to bring below a size.
package struct TranscodeTask: Codable, Sendable, Equatable {
  /// The enlarged picture's file, in the work folder; it stays.
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

/// What is told of a task before its end.
package enum WorkerEvent: Codable, Sendable, Equatable {
  /// How far it is, twice a second at most.
  case progress(WorkerProgress)
  /// The enlarged picture is on the disk: from here on a `TranscodeTask` does without the network.
  case rendered(RenderedPicture)
}

/// How far a task is.
package struct WorkerProgress: Codable, Sendable, Equatable {
  /// 0…1, of the enlarging; of one attempt to make the result smaller when `isFitting`.
  package let fraction: Double
  /// Seconds to 1; nil while little is known.
  package let remaining: Double?
  /// Whether the picture is enlarged and only its file is still too large.
  package let isFitting: Bool
}

/// An enlarged picture as it came from the network.
package struct RenderedPicture: Codable, Sendable, Equatable {
  package let path: String
  package let width: Int
  package let height: Int
  /// How many times larger than the original it is.
  package let scale: Double
  /// What is wrong with the original's pixels, or nil where it was whole.
  package var damage: PictureDamage?
}

/// A task's result.
package struct WorkerResult: Codable, Sendable, Equatable {
  /// Where the file is.
  package let path: String
  package let format: PictureFormat
  package let width: Int
  package let height: Int
  package let bytes: Int
  /// How many times larger than the original it is: less than what was asked for where the file
  /// had to become smaller.
  package let scale: Double
  /// What was tried to make the file fit, in order; the last one is the result. Empty when it fitted
  /// as it was asked for.
  package let steps: [FittingStep]
  /// What was put up with in the input, a sentence each.
  package let warnings: [String]
  /// What is wrong with the input's pixels, or nil where it was whole; of a `TranscodeTask` nil, since
  /// its input is of the worker's own making.
  package let damage: PictureDamage?
  /// What of the picture is not in the result, a sentence each.
  package let losses: [String]
  /// What the task took.
  package let seconds: Double
}

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
  /// What will be put up with, a sentence each.
  package let warnings: [String]
}
