import Foundation
package import Upscale

/// A SPAN as its definition says, in Double, with its branches one after the other where it has them.
public struct NaiveSPAN {
  private let tensors: [String: Tensor]
  private let normalization: PictureNormalization
  private let (width, height): (Int, Int)

  package init(
    _ tensors: [String: Tensor], normalization: PictureNormalization, width: Int, height: Int
  ) {
    self.tensors = tensors
    self.normalization = normalization
    self.width = width
    self.height = height
  }

  private func numbers(_ name: String) throws -> [Float] { try tensors[name]?.floats() ?? [] }

  /// A convolution of one tensor of weights over a picture of this size.
  private func single(
    _ name: String, _ values: [Double], width: Int, height: Int
  ) throws -> [Double] {
    naiveConvolution(
      values, channels: values.count / (width * height), width: width, height: height,
      weight: try numbers("\(name).weight"), bias: try numbers("\(name).bias"))
  }

  private func convolve(_ name: String, _ values: [Double]) throws -> [Double] {
    guard tensors["\(name).sk.weight"] != nil else {
      return try single(name, values, width: width, height: height)
    }
    // As in training: a border of zeros, three convolutions, the border cut off again.
    let (wide, high) = (width + 2, height + 2)
    let channels = values.count / (width * height)
    var padded = [Double](repeating: 0, count: channels * wide * high)
    for index in values.indices {
      let (line, x) = index.quotientAndRemainder(dividingBy: width)
      let (channel, y) = line.quotientAndRemainder(dividingBy: height)
      padded[(channel * high + y + 1) * wide + x + 1] = values[index]
    }
    for branch in 0..<3 {
      padded = try single("\(name).conv.\(branch)", padded, width: wide, height: high)
    }
    var result = try single("\(name).sk", values, width: width, height: height)
    for index in result.indices {
      let (line, x) = index.quotientAndRemainder(dividingBy: width)
      let (channel, y) = line.quotientAndRemainder(dividingBy: height)
      result[index] += padded[(channel * high + y + 1) * wide + x + 1]
    }
    return result
  }

  private func sigmoid(_ x: Double) -> Double { 1 / (1 + exp(-x)) }

  /// - Parameters:
  ///   - picture: `[channel][y][x]`, 0…1.
  ///   - scale: of the network.
  /// - Returns: the enlarged one, `[channel][y][x]`, not clamped.
  /// - Throws: what reading tensors throws.
  public func enlarge(_ picture: [Double], scale: Int) throws -> [Double] {
    let area = width * height
    let samples = picture.enumerated().map { index, sample in
      (sample - Double(normalization.mean[index / area])) * Double(normalization.range)
    }
    let first = try convolve("conv_1", samples)
    var (value, firstBlock, inner) = (first, first, first)
    for block in 1...6 {
      inner = try convolve("block_\(block).c1_r", value).map { $0 * sigmoid($0) }
      let middle = try convolve("block_\(block).c2_r", inner).map { $0 * sigmoid($0) }
      let last = try convolve("block_\(block).c3_r", middle)
      value = zip(last, value).map { ($0 + $1) * (sigmoid($0) - 0.5) }
      if block == 1 { firstBlock = value }
    }
    let all = first + (try convolve("conv_2", value)) + firstBlock + inner
    let mixed = try single("conv_cat", all, width: width, height: height)
    let maps = try single("upsampler.0", mixed, width: width, height: height)
    let channels = maps.count / (area * scale * scale)
    var result = [Double](repeating: 0, count: maps.count)
    for index in maps.indices {
      let (map, place) = index.quotientAndRemainder(dividingBy: area)
      let (channel, dy, dx) = (map / (scale * scale), map / scale % scale, map % scale)
      let (y, x) = (place / width * scale + dy, place % width * scale + dx)
      result[(channel * height * scale + y) * width * scale + x] = maps[index]
    }
    precondition(channels > 0, "a picture has channels")
    return result
  }
}
