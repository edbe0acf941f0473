/// The hyper-parameters of a SPAN (Swift Parameter-free Attention Network).
public struct SPANShape: Sendable, Hashable {
  public let inputChannels: Int
  public let outputChannels: Int
  /// `feature_channels`.
  public let features: Int
  public let scale: Int
  public let normalization: PictureNormalization

  /// Attention blocks of three convolutions each; there is no SPAN with another number.
  package static let blocks = 6
  /// The most channels of a map. Known networks have 48 to 64; the branches of larger ones would take
  /// long to fold.
  package static let featureLimit = 128

  /// The names of the convolutions that training splits into branches.
  package static let branched: [String] =
    ["conv_1"]
    + (1...blocks).flatMap { block in (1...3).map { "block_\(block).c\($0)_r" } } + ["conv_2"]

  var layers: [WeightedLayer] {
    Self.branched.map { name in
      .convolution(
        name: name, inputs: name == "conv_1" ? inputChannels : features, outputs: features)
    } + [
      .mixture(name: "conv_cat", inputs: 4 * features, outputs: features),
      .convolution(
        name: "upsampler.0", inputs: features, outputs: outputChannels * scale * scale),
    ]
  }

  public init(
    inputChannels: Int, outputChannels: Int, features: Int, scale: Int,
    normalization: PictureNormalization
  ) {
    self.inputChannels = inputChannels
    self.outputChannels = outputChannels
    self.features = features
    self.scale = scale
    self.normalization = normalization
  }
}
