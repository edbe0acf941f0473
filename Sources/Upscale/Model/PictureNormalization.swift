/// What a network does to samples of 0…1 before its first layer: `(sample - mean) * range`.
public struct PictureNormalization: Sendable, Hashable {
  /// One for each channel.
  public let mean: [Float]
  public let range: Float

  public init(mean: [Float], range: Float) {
    self.mean = mean
    self.range = range
  }

  /// The one that leaves everything as it is.
  static func none(channels: Int) -> PictureNormalization {
    PictureNormalization(mean: Array(repeating: 0, count: channels), range: 1)
  }

  /// SPAN's own, which its weights do not tell: its authors' training code has it, and what does
  /// otherwise is rare.
  static let span = PictureNormalization(mean: [0.4488, 0.4371, 0.4040], range: 255)

  /// The largest number that is believed; known ones are 255 at most.
  static let limit: Float = 65_536
}
