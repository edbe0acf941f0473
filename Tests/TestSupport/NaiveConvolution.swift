import NaiveNetworks

/// A 3x3 or 1x1 convolution as its definition says, in Double: the twin of every fast kernel.
///
/// `input` is `[channel][y][x]`, `weight` `[output][input][ky][kx]`, the result `[output][y][x]`; stride
/// 1, the size is kept by a border of zeros.
public func naiveConvolution(
  _ input: [Double], channels: Int, width: Int, height: Int, weight: [Float], bias: [Float]
) -> [Double] {
  Planes(channels: channels, height: height, width: width, values: input)
    .convolved(weight: weight, bias: bias).values
}

/// Twice as large by repeating pixels: `[channel][y][x]`.
public func naiveEnlargement(
  _ input: [Double], channels: Int, width: Int, height: Int
) -> [Double] {
  Planes(channels: channels, height: height, width: width, values: input).nearest(2).values
}
