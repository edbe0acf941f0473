import Foundation

extension Planes {
  /// The planes in a frame of zeros.
  public func padded(by border: Int) -> Planes {
    var result = Planes(
      channels: channels, height: height + 2 * border, width: width + 2 * border)
    for channel in 0..<channels {
      for y in 0..<height {
        for x in 0..<width {
          result[channel, y + border, x + border] = self[channel, y, x]
        }
      }
    }
    return result
  }

  /// A convolution of 3x3 or 1x1 that keeps the size.
  ///
  /// - Parameters:
  ///   - weight: `[output][input][ky][kx]`.
  ///   - bias: one number for each output channel.
  /// - Returns: as many planes as there are biases.
  public func convolved(weight: [Float], bias: [Float]) -> Planes {
    let side = weight.count == bias.count * channels ? 1 : 3
    let padded = padded(by: side / 2)
    var result = Planes(channels: bias.count, height: height, width: width)
    for output in 0..<bias.count {
      for y in 0..<height {
        for x in 0..<width {
          var sum = Double(bias[output])
          for input in 0..<channels {
            for ky in 0..<side {
              for kx in 0..<side {
                let index = ((output * channels + input) * side + ky) * side + kx
                sum += Double(weight[index]) * padded[input, y + ky, x + kx]
              }
            }
          }
          result[output, y, x] = sum
        }
      }
    }
    return result
  }

  /// LeakyReLU: what is negative becomes smaller by one factor.
  public func leakyReLU(_ slope: Double) -> Planes {
    mapped { $0 < 0 ? slope * $0 : $0 }
  }

  /// PReLU: as LeakyReLU, with a trained factor for each channel.
  public func pReLU(_ slopes: [Float]) -> Planes {
    var result = self
    for channel in 0..<channels {
      for y in 0..<height {
        for x in 0..<width where self[channel, y, x] < 0 {
          result[channel, y, x] *= Double(slopes[channel])
        }
      }
    }
    return result
  }

  /// SiLU, or swish: every number times its own sigmoid.
  public func siLU() -> Planes {
    mapped { $0 * sigmoid($0) }
  }

  /// Every pixel repeated `factor` times in both directions.
  public func nearest(_ factor: Int) -> Planes {
    var result = Planes(channels: channels, height: height * factor, width: width * factor)
    for channel in 0..<channels {
      for y in 0..<result.height {
        for x in 0..<result.width {
          result[channel, y, x] = self[channel, y / factor, x / factor]
        }
      }
    }
    return result
  }

  /// Pixel shuffle: `factor * factor` planes become one that is `factor` times as wide and high.
  public func pixelShuffled(_ factor: Int) -> Planes {
    let area = factor * factor
    var result = Planes(
      channels: channels / area, height: height * factor, width: width * factor)
    for channel in 0..<result.channels {
      for y in 0..<result.height {
        for x in 0..<result.width {
          let source = channel * area + y % factor * factor + x % factor
          result[channel, y, x] = self[source, y / factor, x / factor]
        }
      }
    }
    return result
  }

  /// Pixel unshuffle, the inverse: one plane becomes `factor * factor` smaller ones.
  public func pixelUnshuffled(_ factor: Int) -> Planes {
    let area = factor * factor
    var result = Planes(
      channels: channels * area, height: height / factor, width: width / factor)
    for channel in 0..<channels {
      for y in 0..<height {
        for x in 0..<width {
          let target = channel * area + y % factor * factor + x % factor
          result[target, y / factor, x / factor] = self[channel, y, x]
        }
      }
    }
    return result
  }
}

/// 1 / (1 + e^-x), between 0 and 1.
public func sigmoid(_ x: Double) -> Double { 1 / (1 + exp(-x)) }
