/// What a network is, as read from the names and shapes of its tensors.
public enum Architecture: Sendable, Hashable {
  /// RRDBNet: the network of ESRGAN and Real-ESRGAN.
  case rrdbNet(RRDBNetShape)
  /// SRVGGNetCompact: the small network of realesr-animevideov3.
  case srvggNetCompact(SRVGGNetCompactShape)
  /// SPAN: the network with an attention without parameters.
  case span(SPANShape)

  /// The factor between input and output sides.
  public var scale: Int {
    switch self {
    case .rrdbNet(let shape): shape.scale
    case .srvggNetCompact(let shape): shape.scale
    case .span(let shape): shape.scale
    }
  }

  /// Channels of the pictures that go in and come out.
  package var channels: (input: Int, output: Int) {
    switch self {
    case .rrdbNet(let shape): (shape.inputChannels, shape.outputChannels)
    case .srvggNetCompact(let shape): (shape.inputChannels, shape.outputChannels)
    case .span(let shape): (shape.inputChannels, shape.outputChannels)
    }
  }

  /// Channels of the maps between its layers, at most.
  var largestFeatures: Int {
    switch self {
    case .rrdbNet(let shape): max(shape.features, shape.growth)
    case .srvggNetCompact(let shape): shape.features
    case .span(let shape): shape.features
    }
  }

  /// The number of trained numbers of all layers.
  var parameterCount: Int {
    layers.reduce(0) { sum, layer in
      switch layer {
      case .convolution(_, let inputs, let outputs): sum + (inputs * 9 + 1) * outputs
      case .pointwise(_, let inputs, let outputs): sum + inputs * outputs
      case .mixture(_, let inputs, let outputs): sum + (inputs + 1) * outputs
      case .slopes(_, let count): sum + count
      }
    }
  }

  /// The layers that have weights, in the order in which they are computed.
  package var layers: [WeightedLayer] {
    switch self {
    case .rrdbNet(let shape): shape.layers
    case .srvggNetCompact(let shape): shape.layers
    case .span(let shape): shape.layers
    }
  }
}
