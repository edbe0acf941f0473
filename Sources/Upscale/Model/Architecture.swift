/// What a network is, as read from the names and shapes of its tensors.
public enum Architecture: Sendable, Hashable {
  case rrdbNet(RRDBNetShape)
  case srvggNetCompact(SRVGGNetCompactShape)

  /// The factor between input and output sides.
  public var scale: Int {
    switch self {
    case .rrdbNet(let shape): shape.scale
    case .srvggNetCompact(let shape): shape.scale
    }
  }

  /// Channels of the pictures that go in and come out.
  var channels: (input: Int, output: Int) {
    switch self {
    case .rrdbNet(let shape): (shape.inputChannels, shape.outputChannels)
    case .srvggNetCompact(let shape): (shape.inputChannels, shape.outputChannels)
    }
  }

  /// Channels of the maps between its layers, at most.
  var largestFeatures: Int {
    switch self {
    case .rrdbNet(let shape): max(shape.features, shape.growth)
    case .srvggNetCompact(let shape): shape.features
    }
  }

  /// The numbers of all layers.
  var parameterCount: Int {
    layers.reduce(0) { sum, layer in
      switch layer {
      case .convolution(_, let inputs, let outputs): sum + (inputs * 9 + 1) * outputs
      case .pointwise(_, let inputs, let outputs): sum + inputs * outputs
      case .slopes(_, let count): sum + count
      }
    }
  }

  /// The layers that have weights, in the order in which they are computed.
  package var layers: [WeightedLayer] {
    switch self {
    case .rrdbNet(let shape): shape.layers
    case .srvggNetCompact(let shape): shape.layers
    }
  }
}

/// A layer that has weights, and their shape.
package enum WeightedLayer: Sendable, Hashable {
  /// 3x3: tensors `name.weight` and `name.bias`.
  case convolution(name: String, inputs: Int, outputs: Int)
  /// 1x1 without bias: the tensor `name.weight`.
  case pointwise(name: String, inputs: Int, outputs: Int)
  /// Of a PReLU: the tensor `name.weight`.
  case slopes(name: String, count: Int)
}

/// The hyper-parameters of an RRDBNet (ESRGAN, Real-ESRGAN).
public struct RRDBNetShape: Sendable, Hashable {
  /// Channels of the picture that goes in, before pixel-unshuffle (3 for RGB).
  public let inputChannels: Int
  public let outputChannels: Int
  /// `nf`: channels of the trunk.
  public let features: Int
  /// `gc`: channels that each convolution of a dense block adds.
  public let growth: Int
  /// `nb`: residual-in-residual dense blocks.
  public let blocks: Int
  /// Nearest-2x stages in the tail: 2 for x4 and for the unshuffled x2 and x1, 3 for x8, none for the
  /// x1 of old models.
  public let upsamplings: Int
  /// Pixel-unshuffle factor before the first convolution: 1 (none), 2 or 4.
  public let unshuffle: Int
  /// ESRGAN+: a shortcut of 1x1 from a dense block's input to its second convolution, and one from there
  /// to the fourth.
  public let hasShortcuts: Bool

  public var scale: Int { (1 << upsamplings) / unshuffle }

  var layers: [WeightedLayer] {
    func layer(_ name: String, _ inputs: Int, _ outputs: Int) -> WeightedLayer {
      .convolution(name: name, inputs: inputs, outputs: outputs)
    }
    var layers = [layer("conv_first", inputChannels * unshuffle * unshuffle, features)]
    for block in 0..<blocks {
      for dense in 1...3 {
        for number in 1...5 {
          layers.append(
            layer(
              "body.\(block).rdb\(dense).conv\(number)", features + (number - 1) * growth,
              number < 5 ? growth : features))
        }
        if hasShortcuts {
          layers.append(
            .pointwise(
              name: "body.\(block).rdb\(dense).conv1x1", inputs: features, outputs: growth))
        }
      }
    }
    layers.append(layer("conv_body", features, features))
    for stage in 0..<upsamplings {
      layers.append(layer("conv_up\(stage + 1)", features, features))
    }
    return layers + [
      layer("conv_hr", features, features), layer("conv_last", features, outputChannels),
    ]
  }

  public init(
    inputChannels: Int, outputChannels: Int, features: Int, growth: Int, blocks: Int,
    upsamplings: Int, unshuffle: Int, hasShortcuts: Bool = false
  ) {
    self.inputChannels = inputChannels
    self.outputChannels = outputChannels
    self.features = features
    self.growth = growth
    self.blocks = blocks
    self.upsamplings = upsamplings
    self.unshuffle = unshuffle
    self.hasShortcuts = hasShortcuts
  }
}

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
