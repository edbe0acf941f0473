/// The hyper-parameters of an RRDBNet (ESRGAN, Real-ESRGAN).
public struct RRDBNetShape: Sendable, Hashable {
  /// Channels of the picture that goes in, before pixel-unshuffle (3 for RGB).
  public let inputChannels: Int
  /// Channels of the picture that comes out.
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

  /// The factor between the sides of input and output.
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

  /// The shape of a network.
  ///
  /// - Parameters:
  ///   - inputChannels: of the picture, before pixel-unshuffle.
  ///   - outputChannels: of the enlarged picture.
  ///   - features: channels of the trunk (`nf`).
  ///   - growth: channels that each convolution of a dense block adds (`gc`).
  ///   - blocks: residual-in-residual dense blocks (`nb`).
  ///   - upsamplings: nearest-2x stages.
  ///   - unshuffle: the pixel-unshuffle factor; 1 for none.
  ///   - hasShortcuts: whether it is an ESRGAN+.
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
