/// What a network does to samples of 0…1 before its first layer: `(sample - mean) * range`.
public struct PictureNormalization: Sendable, Hashable {
  /// What is subtracted, one number for each channel.
  public let mean: [Float]
  /// What the difference is multiplied by.
  public let range: Float

  /// A normalisation.
  ///
  /// - Parameters:
  ///   - mean: what is subtracted, one number for each channel.
  ///   - range: what the difference is multiplied by.
  public init(mean: [Float], range: Float) {
    self.mean = mean
    self.range = range
  }

  /// The one that leaves everything as it is.
  static func none(channels: Int) -> PictureNormalization {
    PictureNormalization(mean: Array(repeating: 0, count: channels), range: 1)
  }

  /// The one of SPAN's authors. Weight files of PyTorch do not record it, and few SPANs have another.
  static let span = PictureNormalization(mean: [0.4488, 0.4371, 0.4040], range: 255)

  /// The largest number that is accepted from a file; known ones are 255 at most.
  static let limit: Float = 65_536
}
