/// The hyper-parameters of an SRVGGNetCompact (realesr-animevideov3, realesr-general-x4v3).
public struct SRVGGNetCompactShape: Sendable, Hashable {
  /// Channels of the picture that goes in.
  public let inputChannels: Int
  /// Channels of the picture that comes out.
  public let outputChannels: Int
  /// `num_feat`: channels of the maps between the layers.
  public let features: Int
  /// `num_conv`: convolutions between the first and the last.
  public let convolutions: Int
  /// The factor between the sides of input and output.
  public let scale: Int
  /// The factor of its pixel-shuffle. Where it is more than `scale`, a bicubic reduction follows
  /// (realesr-animevideov3-x2 and -x3).
  public let shuffle: Int
  /// What follows each convolution but the last.
  public let activation: CompactActivation

  var layers: [WeightedLayer] {
    let last = convolutions + 1
    return (0...last).flatMap { index in
      let convolution = WeightedLayer.convolution(
        name: "body.\(2 * index)", inputs: index == 0 ? inputChannels : features,
        outputs: index == last ? outputChannels * shuffle * shuffle : features)
      return index == last || activation != .pReLU
        ? [convolution] : [convolution, .slopes(name: "body.\(2 * index + 1)", count: features)]
    }
  }

  /// The shape of a network.
  ///
  /// - Parameters:
  ///   - inputChannels: of the picture.
  ///   - outputChannels: of the enlarged picture.
  ///   - features: channels of the maps between the layers (`num_feat`).
  ///   - convolutions: those between the first and the last (`num_conv`).
  ///   - scale: the factor between the sides.
  ///   - shuffle: the factor of the pixel-shuffle; nil for `scale`.
  ///   - activation: what follows each convolution but the last.
  public init(
    inputChannels: Int, outputChannels: Int, features: Int, convolutions: Int, scale: Int,
    shuffle: Int? = nil, activation: CompactActivation = .pReLU
  ) {
    self.inputChannels = inputChannels
    self.outputChannels = outputChannels
    self.features = features
    self.convolutions = convolutions
    self.scale = scale
    self.shuffle = shuffle ?? scale
    self.activation = activation
  }
}
