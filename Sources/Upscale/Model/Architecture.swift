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
  /// Nearest-2x stages in the tail: 2 for x4 and for the unshuffled x2 and x1, 3 for x8.
  public let upsamplings: Int
  /// Pixel-unshuffle factor before the first convolution: 1 (none), 2 or 4.
  public let unshuffle: Int

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
    upsamplings: Int, unshuffle: Int
  ) {
    self.inputChannels = inputChannels
    self.outputChannels = outputChannels
    self.features = features
    self.growth = growth
    self.blocks = blocks
    self.upsamplings = upsamplings
    self.unshuffle = unshuffle
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

  var layers: [WeightedLayer] {
    let last = convolutions + 1
    return (0...last).flatMap { index in
      let convolution = WeightedLayer.convolution(
        name: "body.\(2 * index)", inputs: index == 0 ? inputChannels : features,
        outputs: index == last ? outputChannels * scale * scale : features)
      return index == last
        ? [convolution] : [convolution, .slopes(name: "body.\(2 * index + 1)", count: features)]
    }
  }

  public init(
    inputChannels: Int, outputChannels: Int, features: Int, convolutions: Int, scale: Int
  ) {
    self.inputChannels = inputChannels
    self.outputChannels = outputChannels
    self.features = features
    self.convolutions = convolutions
    self.scale = scale
  }
}
