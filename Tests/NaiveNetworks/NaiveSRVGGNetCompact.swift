/// SRVGGNetCompact by its definition: the small network of realesr-animevideov3.
public struct NaiveSRVGGNetCompact {
  private let weights: Weights

  /// The network of these weights.
  public init(_ weights: Weights) {
    self.weights = weights
  }

  /// Enlarges a picture.
  ///
  /// - Parameter picture: 0…1.
  /// - Returns: the enlarged picture, not clamped.
  /// - Throws: `WeightError` where a tensor is missing.
  public func enlarged(_ picture: Planes) throws -> Planes {
    var value = picture
    var index = 0
    // Convolutions have even numbers, the slopes behind them odd ones; the last has no slopes.
    while weights.has("body.\(index + 1).weight") {
      value = try weights.convolution("body.\(index)", value)
        .pReLU(weights.numbers("body.\(index + 1).weight"))
      index += 2
    }
    value = try weights.convolution("body.\(index)", value)
    let scale = Int(Double(value.channels / picture.channels).squareRoot())
    return value.pixelShuffled(scale) + picture.nearest(scale)
  }
}
