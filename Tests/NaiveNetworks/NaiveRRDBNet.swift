/// RRDBNet by its definition: the network of ESRGAN and Real-ESRGAN.
public struct NaiveRRDBNet {
  private let weights: Weights

  /// The network of these weights.
  public init(_ weights: Weights) {
    self.weights = weights
  }

  /// Five convolutions, each of which reads the input and what all before it have made.
  private func denseBlock(_ name: String, _ input: Planes) throws -> Planes {
    var all = input
    for number in 1...4 {
      let new = try weights.convolution("\(name).conv\(number)", all).leakyReLU(0.2)
      all = all.joined(new)
    }
    return input + 0.2 * (try weights.convolution("\(name).conv5", all))
  }

  /// Three dense blocks, whose result is added to their input in turn.
  private func block(_ name: String, _ input: Planes) throws -> Planes {
    var value = input
    for number in 1...3 {
      value = try denseBlock("\(name).rdb\(number)", value)
    }
    return input + 0.2 * value
  }

  /// Enlarges a picture.
  ///
  /// - Parameter picture: 0…1, sides that are multiples of the network's pixel unshuffle.
  /// - Returns: the enlarged picture, not clamped.
  /// - Throws: `WeightError` where a tensor is missing.
  public func enlarged(_ picture: Planes) throws -> Planes {
    let inputs = try weights.shape("conv_first.weight")[1]
    // 12 planes where 3 are expected: 2x2 pixels become one.
    let unshuffle = Int(Double(inputs / picture.channels).squareRoot())
    let first = try weights.convolution("conv_first", picture.pixelUnshuffled(unshuffle))

    var value = first
    var number = 0
    while weights.has("body.\(number).rdb1.conv1.weight") {
      value = try block("body.\(number)", value)
      number += 1
    }
    value = first + (try weights.convolution("conv_body", value))

    var stage = 1
    while weights.has("conv_up\(stage).weight") {
      value = try weights.convolution("conv_up\(stage)", value.nearest(2)).leakyReLU(0.2)
      stage += 1
    }
    value = try weights.convolution("conv_hr", value).leakyReLU(0.2)
    return try weights.convolution("conv_last", value)
  }
}
