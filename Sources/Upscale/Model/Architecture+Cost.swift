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
        + convolution(shape.features, shape.outputChannels * shape.scale * shape.scale)
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
