/// The hyper-parameters of a SPAN (Swift Parameter-free Attention Network).
public struct SPANShape: Sendable, Hashable {
  /// Channels of the picture that goes in.
  public let inputChannels: Int
  /// Channels of the picture that comes out.
  public let outputChannels: Int
  /// `feature_channels`: channels of the maps between the layers.
  public let features: Int
  /// The factor between the sides of input and output.
  public let scale: Int
  /// What is done to the samples before the first layer.
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

  /// The shape of a network.
  ///
  /// - Parameters:
  ///   - inputChannels: of the picture.
  ///   - outputChannels: of the enlarged picture.
  ///   - features: channels of the maps between the layers.
  ///   - scale: the factor between the sides.
  ///   - normalization: what is done to the samples before the first layer.
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
