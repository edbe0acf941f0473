import TestSupport
import Testing

@testable import Upscale

/// A case of the direct convolution: channels of each input map, outputs, size.
struct ConvolutionCase: CustomTestStringConvertible, Sendable {
  let segments: [Int]
  let outputs: Int
  let width: Int
  let height: Int
  var side = 3
  var testDescription: String {
    "\(side)x\(side) \(segments)→\(outputs) at \(width)x\(height)"
  }

  static let all = [
    ConvolutionCase(segments: [3], outputs: 64, width: 17, height: 5),
    ConvolutionCase(segments: [64, 32, 32], outputs: 32, width: 29, height: 7),
    ConvolutionCase(segments: [64], outputs: 3, width: 14, height: 3),
    ConvolutionCase(segments: [64], outputs: 48, width: 9, height: 4),
    ConvolutionCase(segments: [10, 5, 5], outputs: 5, width: 7, height: 6),
    ConvolutionCase(segments: [24], outputs: 24, width: 1, height: 1),
    ConvolutionCase(segments: [16], outputs: 16, width: 5, height: 1),
    ConvolutionCase(segments: [1], outputs: 1, width: 1, height: 9),
    ConvolutionCase(segments: [48, 48, 48], outputs: 48, width: 17, height: 3, side: 1),
    ConvolutionCase(segments: [10, 5], outputs: 20, width: 1, height: 4, side: 1),
  ]

  /// How far the convolution is from its naive twin.
  func error(on engine: Engine) throws -> Double {
    let inputs = segments.reduce(0, +)
    let weight = noise(outputs * inputs * side * side, seed: 1)
    let bias = noise(outputs, seed: 2)
    let values = noise(inputs * width * height, seed: 3)
    let slopes = noise(outputs, seed: 4)
    var maps: [FeatureMap] = []
    var first = 0
    for segment in segments {
      let slice = values[first * width * height..<(first + segment) * width * height]
      maps.append(
        try FeatureMap(Array(slice), channels: segment, width: width, height: height))
      first += segment
    }
    let output = try FeatureMap(channels: outputs, width: width, height: height)
    let convolution = try Convolution(
      weight: weight, bias: bias, activation: .pReLU(slopes), segments: segments, side: side)
    convolution.run(maps, into: output, on: engine)

    var reference = naiveConvolution(
      values.map(Double.init), channels: inputs, width: width, height: height, weight: weight,
      bias: bias)
    for index in reference.indices where reference[index] < 0 {
      reference[index] *= Double(slopes[index / (width * height)])
    }
    return relativeError(output.values, reference)
  }
}

@Suite("The direct convolution equals its definition")
struct DirectConvolutionTests {
  @Test(arguments: levels, ConvolutionCase.all)
  func equalsDefinition(level: CPULevel, shape: ConvolutionCase) throws {
    #expect(try shape.error(on: Engine(level: level, threads: 2)) < 2e-6)
  }

  @Test("Residuals are added after scaling, also where the output is the residual itself")
  func residuals() throws {
    let (width, height) = (13, 3)
    let weight = noise(32 * 32 * 9, seed: 1)
    let bias = noise(32, seed: 2)
    let values = noise(32 * width * height, seed: 3)
    let outerValues = noise(32 * width * height, seed: 4)
    let input = try FeatureMap(values, channels: 32, width: width, height: height)
    let outer = try FeatureMap(outerValues, channels: 32, width: width, height: height)
    let convolution = try Convolution(weight: weight, bias: bias)
    convolution.run(
      [input], into: outer, residual: .init(scale: 0.2, skip: input, outer: outer),
      on: Engine(level: .highest, threads: 1))
    let sums = naiveConvolution(
      values.map(Double.init), channels: 32, width: width, height: height, weight: weight,
      bias: bias)
    let reference = sums.indices.map {
      0.2 * (0.2 * sums[$0] + Double(values[$0])) + Double(outerValues[$0])
    }
    #expect(relativeError(outer.values, reference) < 2e-6)
  }
}

@Suite("The direct convolution with few outputs equals its definition")
struct NarrowConvolutionTests {
  /// Widths up to every register tile and a rest; channels that fill blocks and that do not; outputs
  /// of one, three and more.
  static let cases = [(64, 3, 13), (24, 1, 8), (5, 3, 1), (40, 4, 5), (16, 7, 3), (64, 3, 33)]

  @Test(arguments: levels, cases)
  func equalsDefinition(level: CPULevel, shape: (Int, Int, Int)) throws {
    #expect(try narrowError(Kernels(level), shape) < 2e-6)
  }
}

/// How far the convolution of (inputs, outputs, width) is from its naive twin.
func narrowError(_ kernels: Kernels, _ shape: (Int, Int, Int)) throws -> Double {
  let (inputs, outputs, width) = shape
  let weight = noise(outputs * inputs * 9, seed: 1)
  let bias = noise(outputs, seed: 2)
  let values = noise(inputs * width * 3, seed: 3)
  let map = try FeatureMap(values, channels: inputs, width: width, height: 3)
  // Finite values in lanes without channels must not affect the result.
  if inputs % 16 != 0 {
    for y in 0..<3 {
      for x in 0..<width { map.plane(map.blocks - 1)[map.offset(row: y) + x * 16 + 15] = 1e9 }
    }
  }
  let narrow = try NarrowConvolution(Convolution(weight: weight, bias: bias))
  let lines = (0..<map.blocks).flatMap { block in
    (0..<3).map { UnsafePointer(map.plane(block) + map.offset(row: $0) - 16) }
  }
  // A guard value behind the last pixel.
  var result = [Float](repeating: 7, count: width * outputs + 1)
  result.withUnsafeMutableBufferPointer { result in
    lines.withUnsafeBufferPointer { lines in
      guard let lines = lines.baseAddress, let result = result.baseAddress else { return }
      narrow.run(lines, pixels: width, into: result, kernels: kernels)
    }
  }
  guard result.removeLast() == 7 else { return .infinity }
  let reference = naiveConvolution(
    values.map(Double.init), channels: inputs, width: width, height: 3, weight: weight, bias: bias)
  let row = (0..<width).flatMap { x in
    (0..<outputs).map { output in reference[(output * 3 + 1) * width + x] }
  }
  return relativeError(result, row)
}
