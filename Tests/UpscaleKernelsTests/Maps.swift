import TestSupport

@testable import Upscale

/// Levels that this machine runs. What a sanitizer looks for is the same at each.
let levels = Sanitizer.isOn ? [.highest] : CPULevel.allCases.filter { $0 <= .highest }

/// Random numbers in -1…1.
func noise(_ count: Int, seed: UInt64) -> [Float] {
  var random = SeededRandom(seed: seed)
  return (0..<count).map { _ in Float.random(in: -1...1, using: &random) }
}

extension FeatureMap {
  /// A map of values `[channel][y][x]`.
  convenience init(_ values: [Float], channels: Int, width: Int, height: Int) throws {
    try self.init(channels: channels, width: width, height: height)
    for channel in 0..<channels {
      for y in 0..<height {
        for x in 0..<width {
          plane(channel / 16)[offset(row: y) + x * 16 + channel % 16] =
            values[(channel * height + y) * width + x]
        }
      }
    }
  }

  /// `[channel][y][x]`.
  var values: [Float] {
    var result: [Float] = []
    for channel in 0..<channels {
      for y in rows {
        for x in 0..<width {
          result.append(plane(channel / 16)[offset(row: y) + x * 16 + channel % 16])
        }
      }
    }
    return result
  }
}

/// The largest difference, as a share of the largest value.
func relativeError(_ values: [Float], _ reference: [Double]) -> Double {
  precondition(values.count == reference.count)
  let largest = reference.map(abs).max() ?? 0
  let error = zip(values, reference).map { abs(Double($0) - $1) }.max() ?? 0
  return error.isNaN || values.contains(where: \.isNaN) ? .infinity : error / max(largest, 1e-30)
}

extension Convolution {
  /// With weights of an array.
  convenience init(
    weight: [Float], bias: [Float], activation: Activation = .none, segments: [Int] = [],
    side: Int = 3
  ) throws {
    let copy = UnsafeMutableBufferPointer<Float>.allocate(capacity: weight.count)
    defer { copy.deallocate() }
    _ = copy.initialize(from: weight)
    try self.init(
      weight: UnsafeBufferPointer(copy), bias: bias, activation: activation, segments: segments,
      side: side)
  }
}
