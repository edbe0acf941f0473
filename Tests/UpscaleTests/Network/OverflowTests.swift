import TestSupport
import Testing

@testable import Upscale

/// Finite weights whose sums overflow: the result is no picture, and must not be written as a black one.
@Suite struct OverflowTests {
  private static let picture = Picture(
    width: 24, height: 20, layout: .rgb, depth: .eight,
    samples: (0..<24 * 20 * 3).map { $0 * 37 % 256 })

  private static func expectRefusal(_ upscaler: Upscaler, _ picture: Picture = picture) {
    UpscaleTests.expectRefusal(.badModel, "'large'", "overflow") {
      _ = try upscaler.upscale(picture)
    }
  }

  @Test(arguments: levels, [Precision.exact, .fast])
  func compactNetworks(level: CPULevel, precision: Precision) throws {
    // The sums overflow in the last layer; in the one before; in the first of many.
    for (convolutions, magnitude) in [(0, 1e20), (1, 1e20), (3, 1e18), (9, 1e19)] as [(Int, Float)]
    {
      let model = try Model(
        name: "large",
        tensors: WeightFiles.compactTensors(
          features: 24, convolutions: convolutions, magnitude: magnitude))
      Self.expectRefusal(try Upscaler(model: model, level: level, precision: precision, threads: 2))
    }
  }

  @Test(arguments: levels, [Precision.exact, .fast])
  func residualNetworks(level: CPULevel, precision: Precision) throws {
    for name in ["conv_first", "body.0.rdb1.conv2", "body.1.rdb3.conv5", "conv_up1", "conv_last"] {
      var tensors = rrdbTensors(features: 24, growth: 16, blocks: 2)
        .mapValues { Tensor(shape: $0.shape, floats: Array(repeating: 0.01, count: $0.count)) }
      let weight = try #require(tensors["\(name).weight"])
      tensors["\(name).weight"] = Tensor(
        shape: weight.shape, floats: Array(repeating: 3e38, count: weight.count))
      let model = try Model(name: "large", tensors: tensors)
      Self.expectRefusal(try Upscaler(model: model, level: level, precision: precision, threads: 2))
    }
  }

  @Test("In one pixel of a large picture, in gray, in tiles")
  func onePixel() throws {
    var tensors = WeightFiles.compactTensors(convolutions: 0)
    tensors["body.0.weight"] = Tensor(
      shape: [8, 3, 3, 3], floats: Array(repeating: 3e38, count: 216))
    tensors["body.0.bias"] = Tensor(shape: [8], floats: Array(repeating: 0, count: 8))
    let upscaler = try Upscaler(model: Model(name: "large", tensors: tensors), tileSize: 32)
    for layout in [Picture.Layout.rgb, .grayAlpha] {
      var samples = Array(repeating: 0, count: 80 * 70 * layout.rawValue)
      // Colours of invisible pixels are not computed.
      if layout.hasAlpha { for pixel in 0..<80 * 70 { samples[2 * pixel + 1] = 255 } }
      func picture() -> Picture {
        Picture(width: 80, height: 70, layout: layout, depth: .eight, samples: samples)
      }
      _ = try upscaler.upscale(picture())
      samples[(61 * 80 + 77) * layout.rawValue] = 255
      Self.expectRefusal(upscaler, picture())
    }
  }

  @Test("What is large and finite is clamped as before")
  func large() throws {
    var tensors = WeightFiles.compactTensors(convolutions: 0)
    tensors["body.2.bias"] = Tensor(shape: [12], floats: Array(repeating: 3e38, count: 12))
    let result = try Upscaler(model: Model(name: "bright", tensors: tensors)).upscale(Self.picture)
    #expect(result.samples.allSatisfy { $0 == 255 })
  }
}
