import Foundation
import TestSupport
import Testing

@testable import Upscale

@Suite("Colour under transparent pixels")
struct ColorSpreadTests {
  /// Runs the stage with so many rows at a time.
  static func spread(
    _ picture: Picture, color: SIMD3<Float> = .zero,
    trustedAlpha: Float = ColorSpread.usualTrustedAlpha, rows: Int = 1000
  ) throws -> Picture {
    var bytes: [UInt8] = []
    let format = RowFormat(
      width: picture.width, height: picture.height, layout: picture.layout, depth: picture.depth)
    let stage = try ColorSpread(format, color: color, trustedAlpha: trustedAlpha) {
      bytes.append(contentsOf: $0)
    }
    try picture.bytes.withUnsafeBytes { source in
      for start in stride(from: 0, to: source.count, by: rows * format.rowByteCount) {
        let end = min(source.count, start + rows * format.rowByteCount)
        try stage.take(UnsafeRawBufferPointer(rebasing: source[start..<end]))
      }
    }
    return Picture(
      width: picture.width, height: picture.height, layout: picture.layout, depth: picture.depth,
      bytes: bytes)
  }

  /// The same by its definition, in double precision: each pixel looks at all that it can see.
  private static func naive(_ picture: Picture, color: SIMD3<Float>) -> [Double] {
    let (channels, peak) = (picture.layout.rawValue, Double(picture.depth.maximum))
    let samples = picture.samples.map(Double.init)
    let block = ColorSpread.blockRows
    var result = samples
    for y in 0..<picture.height {
      let last = min(picture.height, (y / block + 2) * block)
      for x in 0..<picture.width {
        let place = (y * picture.width + x) * channels
        let alpha = samples[place + channels - 1]
        let share = min(1, alpha / (peak * 16 / 255))
        for channel in 0..<channels - 1 {
          var weights = 1.0 / 16384
          var sum = Double(color[channel]) * peak * weights
          for otherY in 0..<last {
            for otherX in 0..<picture.width {
              let other = (otherY * picture.width + otherX) * channels
              let weight =
                samples[other + channels - 1] / peak
                * pow(0.5, Double(abs(otherX - x) + abs(otherY - y)))
              sum += samples[other + channel] * weight
              weights += weight
            }
          }
          result[place + channel] =
            samples[place + channel] * share + sum / weights * (1 - share)
        }
      }
    }
    return result
  }

  /// Noise whose alpha is 0 in most places, small in some and large in others.
  private static func spotted(
    _ layout: Picture.Layout, _ depth: Picture.Depth, width: Int = 23, height: Int = 41
  ) -> Picture {
    let noise = Picture.noise(width: width, height: height, layout: layout, depth: depth)
    var (samples, random) = (noise.samples, SeededRandom(seed: 7))
    for index in stride(from: layout.rawValue - 1, to: samples.count, by: layout.rawValue) {
      let isSeen = Int.random(in: 0..<30, using: &random)
      if isSeen > 1 { samples[index] = 0 }
      if isSeen == 1 { samples[index] /= 20 }
    }
    return Picture(width: width, height: height, layout: layout, depth: depth, samples: samples)
  }

  @Test(
    "agrees with the naive twin", arguments: [Picture.Layout.grayAlpha, .rgba],
    Picture.Depth.allCases)
  func twin(layout: Picture.Layout, depth: Picture.Depth) throws {
    let picture = Self.spotted(layout, depth)
    let color = SIMD3<Float>(0.2, 0.5, 0.9)
    let result = try Self.spread(picture, color: color)
    let expected = Self.naive(picture, color: color)
    for (sample, exact) in zip(result.samples, expected) {
      #expect(abs(Double(sample) - exact) < (depth == .eight ? 0.51 : 0.6))
    }
  }

  @Test("does not depend on how many rows come at a time", arguments: [1, 7, 16, 33])
  func chunks(rows: Int) throws {
    let picture = Self.spotted(.rgba, .eight, width: 19, height: 77)
    #expect(try Self.spread(picture, rows: rows) == Self.spread(picture))
  }

  @Test("Small pictures come through", arguments: [(1, 1), (1, 40), (40, 1), (2, 16), (3, 17)])
  func small(size: (Int, Int)) throws {
    let picture = Self.spotted(.rgba, .eight, width: size.0, height: size.1)
    #expect(try Self.spread(picture).bytes.count == picture.bytes.count)
  }

  @Test("What is hidden does not matter, what is seen stays", arguments: Picture.Depth.allCases)
  func hidden(depth: Picture.Depth) throws {
    let picture = Self.spotted(.rgba, depth)
    var (painted, random) = (picture.samples, SeededRandom(seed: 3))
    for index in stride(from: 0, to: painted.count, by: 4) where painted[index + 3] == 0 {
      for channel in 0..<3 {
        painted[index + channel] = Int.random(in: 0...depth.maximum, using: &random)
      }
    }
    let other = Picture(
      width: picture.width, height: picture.height, layout: .rgba, depth: depth, samples: painted)
    let result = try Self.spread(picture)
    #expect(try Self.spread(other) == result)
    let (before, after) = (picture.samples, result.samples)
    for index in stride(from: 0, to: before.count, by: 4) {
      #expect(before[index + 3] == after[index + 3])
      guard before[index + 3] >= depth.maximum / 15 else { continue }
      #expect(before[index..<index + 3].elementsEqual(after[index..<index + 3]))
    }
  }

  @Test("With no alpha too small to be trusted, only invisible pixels are painted")
  func trusting() throws {
    let picture = Self.spotted(.rgba, .eight)
    let color = SIMD3<Float>(0.2, 0.5, 0.9)
    let usual = try Self.spread(picture, color: color)
    let trusting = try Self.spread(picture, color: color, trustedAlpha: 0)
    var faint = 0
    for index in stride(from: 0, to: picture.bytes.count, by: 4) {
      let pixel = index..<index + 4
      let alpha = picture.bytes[index + 3]
      if alpha > 0, alpha < 16 { faint += 1 }
      #expect(trusting.bytes[pixel] == (alpha == 0 ? usual : picture).bytes[pixel])
    }
    #expect(faint > 0)
  }

  @Test("One colour is spread as it is, however far")
  func flat() throws {
    let (width, height) = (150, 90)
    var samples = [Int](repeating: 0, count: width * height * 4)
    for x in 0..<4 {
      for y in 0..<3 {
        samples.replaceSubrange(
          (y * width + x) * 4..<(y * width + x + 1) * 4, with: [250, 17, 99, 255 - 60 * x])
      }
    }
    let picture = Picture(
      width: width, height: height, layout: .rgba, depth: .eight, samples: samples)
    let result = try Self.spread(picture, color: picture.content.visibleColor)
    for index in stride(from: 0, to: result.bytes.count, by: 4) {
      #expect(Array(result.bytes[index..<index + 3]) == [250, 17, 99])
    }
  }
}
