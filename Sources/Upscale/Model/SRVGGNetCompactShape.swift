/// The hyper-parameters of an SRVGGNetCompact (realesr-animevideov3, realesr-general-x4v3).
public struct SRVGGNetCompactShape: Sendable, Hashable {
  public let inputChannels: Int
  public let outputChannels: Int
  /// `num_feat`.
  public let features: Int
  /// `num_conv`: convolutions between the first and the last.
  public let convolutions: Int
  public let scale: Int
  /// The factor of its pixel-shuffle. Where it is more than `scale`, a bicubic reduction follows
  /// (realesr-animevideov3-x2 and -x3).
  public let shuffle: Int
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
