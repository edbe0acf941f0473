import Foundation
public import Upscale

extension Picture {
  /// Smooth waves with some noise; every channel is different, alpha takes all values.
  public static func waves(
    width: Int, height: Int, layout: Layout = .rgb, depth: Depth = .eight, noise: Double = 0.02,
    seed: UInt64 = 1
  ) -> Picture {
    var random = SeededRandom(seed: seed)
    let peak = Double(depth.maximum)
    var samples: [Int] = []
    samples.reserveCapacity(width * height * layout.rawValue)
    for y in 0..<height {
      for x in 0..<width {
        for channel in 0..<layout.rawValue {
          let phase = Double(channel) * 1.3
          let wave = sin(Double(x) * 0.11 + phase) * cos(Double(y) * 0.07 - phase)
          let value = 0.5 + 0.5 * wave + Double.random(in: -noise...noise, using: &random)
          samples.append(Int((min(max(value, 0), 1) * peak).rounded()))
        }
      }
    }
    return Picture(width: width, height: height, layout: layout, depth: depth, samples: samples)
  }

  /// Every sample random: what no codec can predict.
  public static func noise(
    width: Int, height: Int, layout: Layout = .rgb, depth: Depth = .eight, seed: UInt64 = 1
  ) -> Picture {
    var random = SeededRandom(seed: seed)
    let samples = (0..<width * height * layout.rawValue).map { _ in
      Int.random(in: 0...depth.maximum, using: &random)
    }
    return Picture(width: width, height: height, layout: layout, depth: depth, samples: samples)
  }

  /// The samples of one pixel.
  public func pixel(_ x: Int, _ y: Int) -> [Int] {
    let size = layout.rawValue * depth.byteCount
    let start = (y * width + x) * size
    let one = Picture(
      width: 1, height: 1, layout: layout, depth: depth, bytes: Array(bytes[start..<start + size]))
    return one.samples
  }
}
