/// A 3x3 convolution as its definition says, in Double: the twin of every fast kernel.
///
/// `input` is `[channel][y][x]`, `weight` `[output][input][ky][kx]` of 3x3 or 1x1, the result
/// `[output][y][x]`; stride 1, the size is kept by a border of zeros.
public func naiveConvolution(
  _ input: [Double], channels: Int, width: Int, height: Int, weight: [Float], bias: [Float]
) -> [Double] {
  let outputs = bias.count
  let side = weight.count == outputs * channels ? 1 : 3
  var result = [Double](repeating: 0, count: outputs * width * height)
  for output in 0..<outputs {
    for y in 0..<height {
      for x in 0..<width {
        var sum = Double(bias[output])
        for channel in 0..<channels {
          for ky in 0..<side {
            for kx in 0..<side {
              let (sourceY, sourceX) = (y + ky - side / 2, x + kx - side / 2)
              guard (0..<height).contains(sourceY), (0..<width).contains(sourceX) else {
                continue
              }
              sum +=
                Double(weight[((output * channels + channel) * side + ky) * side + kx])
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
