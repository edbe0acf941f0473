/// SPAN by its definition: six blocks of three convolutions with an attention without weights.
public struct NaiveSPAN {
  /// A convolution by its name.
  public typealias Layer = (String, Planes) throws -> Planes

  private let layer: Layer
  private let mean: [Double]
  private let range: Double

  /// A network whose layers are computed by a function: the tests put the branches of training there.
  ///
  /// - Parameters:
  ///   - mean: what is taken from samples of each channel.
  ///   - range: what the difference is multiplied by.
  ///   - layer: computes the convolution of a name.
  public init(mean: [Double], range: Double, layer: @escaping Layer) {
    self.mean = mean
    self.range = range
    self.layer = layer
  }

  /// The network of these weights, with the mean and range of its authors.
  public init(_ weights: Weights) {
    self.init(mean: [0.4488, 0.4371, 0.4040], range: 255, layer: weights.convolution)
  }

  /// Enlarges a picture.
  ///
  /// - Parameter picture: 0…1.
  /// - Returns: the enlarged picture, not clamped.
  /// - Throws: what `layer` throws.
  public func enlarged(_ picture: Planes) throws -> Planes {
    var normalized = picture
    for channel in 0..<picture.channels {
      for y in 0..<picture.height {
        for x in 0..<picture.width {
          normalized[channel, y, x] = (picture[channel, y, x] - mean[channel]) * range
        }
      }
    }
    let first = try layer("conv_1", normalized)

    var (value, firstBlock, inner) = (first, first, first)
    for number in 1...6 {
      inner = try layer("block_\(number).c1_r", value).siLU()
      let middle = try layer("block_\(number).c2_r", inner).siLU()
      let last = try layer("block_\(number).c3_r", middle)
      value = last.combined(value) { ($0 + $1) * (sigmoid($0) - 0.5) }
      if number == 1 { firstBlock = value }
    }

    let all = first.joined(try layer("conv_2", value)).joined(firstBlock).joined(inner)
    let planes = try layer("upsampler.0", layer("conv_cat", all))
    let scale = Int(Double(planes.channels / picture.channels).squareRoot())
    return planes.pixelShuffled(scale)
  }
}
