/// A 3x3 convolution as its definition says, in Double: the twin of every fast kernel.
///
/// `input` is `[channel][y][x]`, `weight` `[output][input][ky][kx]`, the result `[output][y][x]`;
/// stride 1, zero padding 1.
public func naiveConvolution(
  _ input: [Double], channels: Int, width: Int, height: Int, weight: [Float], bias: [Float]
) -> [Double] {
  let outputs = bias.count
  var result = [Double](repeating: 0, count: outputs * width * height)
  for output in 0..<outputs {
    for y in 0..<height {
      for x in 0..<width {
        var sum = Double(bias[output])
        for channel in 0..<channels {
          for ky in 0..<3 {
            for kx in 0..<3 {
              let (sourceY, sourceX) = (y + ky - 1, x + kx - 1)
              guard (0..<height).contains(sourceY), (0..<width).contains(sourceX) else {
                continue
              }
              sum +=
                Double(weight[((output * channels + channel) * 3 + ky) * 3 + kx])
                * input[(channel * height + sourceY) * width + sourceX]
            }
          }
        }
        result[(output * height + y) * width + x] = sum
      }
    }
  }
  return result
}

/// Twice as large by repeating pixels: `[channel][y][x]`.
public func naiveEnlargement(
  _ input: [Double], channels: Int, width: Int, height: Int
) -> [Double] {
  var result: [Double] = []
  result.reserveCapacity(4 * input.count)
  for channel in 0..<channels {
    for y in 0..<2 * height {
      for x in 0..<2 * width {
        result.append(input[(channel * height + y / 2) * width + x / 2])
      }
    }
  }
  return result
}
