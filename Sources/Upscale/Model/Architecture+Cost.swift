import UpscaleKernels

extension Architecture {
  /// Multiply-adds of one application of the network, for a pixel of its input.
  public var multiplyAddsPerPixel: Double {
    func convolution(_ input: Int, _ output: Int) -> Double { Double(9 * input * output) }
    switch self {
    case .rrdbNet(let shape):
      let (features, growth) = (shape.features, shape.growth)
      let dense =
        (0..<4).reduce(0.0) { $0 + convolution(features + $1 * growth, growth) }
        + convolution(features + 4 * growth, features)
        + (shape.hasShortcuts ? Double(features * growth) : 0)
      var sum =
        convolution(shape.inputChannels * shape.unshuffle * shape.unshuffle, features)
        + Double(3 * shape.blocks) * dense + convolution(features, features)
      var area = 1.0
      for _ in 0..<shape.upsamplings {
        area *= 4
        sum += area * convolution(features, features)
      }
      sum += area * (convolution(features, features) + convolution(features, shape.outputChannels))
      return sum / Double(shape.unshuffle * shape.unshuffle)
    case .srvggNetCompact(let shape):
      return convolution(shape.inputChannels, shape.features)
        + Double(shape.convolutions) * convolution(shape.features, shape.features)
        + convolution(shape.features, shape.outputChannels * shape.shuffle * shape.shuffle)
    case .span(let shape):
      let features = shape.features
      return convolution(shape.inputChannels, features)
        + Double(3 * SPANShape.blocks + 1) * convolution(features, features)
        + Double(4 * features * features)
        + convolution(features, shape.outputChannels * shape.scale * shape.scale)
    }
  }

  /// Multiply-adds of one application of the network, for a pixel of its result: what networks of different
  /// scales are compared by.
  public var multiplyAddsPerOutputPixel: Double {
    multiplyAddsPerPixel / Double(scale * scale)
  }

  /// What a pixel of the result costs, where one of realesrgan-x4plus costs 1.
  public var relativeCost: Double {
    multiplyAddsPerOutputPixel / Self.x4plus.multiplyAddsPerOutputPixel
  }

  private static let x4plus = Architecture.rrdbNet(
    RRDBNetShape(
      inputChannels: 3, outputChannels: 3, features: 64, growth: 32, blocks: 23, upsamplings: 2,
      unshuffle: 1))

  /// Pixels of the input around a tile that are computed with it, where a picture does not fit in the
  /// memory.
  ///
  /// Of an RRDBNet the full receptive radius (349 pixels for x4plus) would cost more than it gives. With
  /// this halo no 8-bit sample is more than one level from the untiled picture (78 dB and more; measured
  /// in Documentation/Engine.md): 96 for 23 blocks, 64 for 6.
  ///
  /// Of an SRVGGNetCompact and a SPAN it is as far as a missing neighbour can change a bit. The receptive radius is
  /// one pixel a layer, but Winograd computes 4x4 outputs at a time: through rounding, a layer's output
  /// depends on its whole tile's window.
  public var halo: Int {
    switch self {
    case .rrdbNet(let shape): min(96, 4 * shape.blocks + 40) * shape.unshuffle
    case .srvggNetCompact(let shape):
      Winograd.tileSide * (shape.convolutions + (shape.scale == shape.shuffle ? 2 : 3))
    case .span:
      // The first convolution, those of the blocks, `conv_2` and the last.
      Winograd.tileSide * (3 * SPANShape.blocks + 3)
    }
  }

  /// How many applications of a network it takes to enlarge a picture, each counted by its pixels.
  ///
  /// A factor beyond the network's own is reached by applying the network to its own result, which
  /// has more pixels: a network of factor 2 takes 1 + 4 for a factor of 4.
  ///
  /// - Parameters:
  ///   - factor: the network's own.
  ///   - wanted: the factor to reach; nil for the network's own.
  /// - Returns: 1 where one application is enough.
  public static func applications(factor: Int, toReach wanted: Double?) -> Double {
    guard let wanted, factor > 1 else { return 1 }
    var (sum, reached, pixels) = (1.0, Double(factor), Double(factor) * Double(factor))
    while reached < wanted, reached < 1024 {
      sum += pixels
      reached *= Double(factor)
      pixels *= Double(factor) * Double(factor)
    }
    return sum
  }
}
