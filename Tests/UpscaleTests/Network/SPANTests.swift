import NaiveNetworks
import TestSupport
import Testing

@testable import Upscale

/// SPANs of random weights against their naive twin, whole and in tiles.
@Suite struct SPANTests {
  private static func noise(width: Int, height: Int, layout: Picture.Layout) -> Picture {
    var random = SeededRandom(seed: 3)
    return Picture(
      width: width, height: height, layout: layout, depth: .eight,
      samples: (0..<width * height * layout.rawValue).map { _ in
        Int.random(in: 0...255, using: &random)
      })
  }

  /// The twin's picture at 16 bits.
  private static func reference(
    _ picture: Picture, _ tensors: [String: Tensor], _ shape: SPANShape
  ) throws -> Picture {
    let naive = NaiveSPAN(tensors, normalization: shape.normalization)
    let planes = Planes(
      samples: picture.samples, width: picture.width, channels: shape.inputChannels, maximum: 255)
    let result = try naive.enlarged(planes)
    return Picture(
      width: result.width, height: result.height, layout: picture.layout, depth: .sixteen,
      samples: result.samples(maximum: 65535))
  }

  private static func shape(_ model: Model) throws -> SPANShape {
    guard case .span(let shape) = model.architecture else {
      throw UpscaleError(.badModel, "is a \(model.architecture.name)")
    }
    return shape
  }

  @Test(
    "Any number of features, scale and channels, at every level",
    arguments: [(3, 48, 4), (3, 52, 2), (3, 10, 3), (3, 17, 1), (1, 8, 2)])
  func equalsDefinition(size: (inputs: Int, features: Int, scale: Int)) throws {
    for isBranched in [false, true] {
      let tensors = WeightFiles.spanTensors(
        inputs: size.inputs, features: size.features, scale: size.scale, isBranched: isBranched)
      let model = try Model(name: "span", tensors: tensors)
      let shape = try Self.shape(model)
      #expect(shape.scale == size.scale && shape.features == size.features)
      for (width, height) in [(13, 9), (1, 1), (3, 18)] {
        let picture = Self.noise(
          width: width, height: height, layout: size.inputs == 1 ? .gray : .rgb)
        let reference = try Self.reference(picture, tensors, shape)
        for level in levels {
          let upscaler = try Upscaler(model: model, level: level, threads: 2)
          let result = try upscaler.upscale(picture, depth: .sixteen)
          NetworkGoldenTests.expectExact(result, reference)
          let fast = try Upscaler(model: model, level: level, precision: .fast, threads: 2)
          let coarse = try fast.upscale(picture, depth: .sixteen)
          #expect(PictureDifference(coarse, result).psnr >= 60, "\(level)")
        }
      }
    }
  }

  @Test("A mean and a range of its own")
  func normalization() throws {
    let tensors = WeightFiles.spanTensors()
    let own = PictureNormalization(mean: [0.485, 0.456, 0.406], range: 100)
    let model = try Model(
      name: "span", tensors: tensors, hints: ModelHints(normalization: own))
    let picture = Self.noise(width: 9, height: 7, layout: .rgb)
    let result = try Upscaler(model: model).upscale(picture, depth: .sixteen)
    NetworkGoldenTests.expectExact(
      result, try Self.reference(picture, tensors, Self.shape(model)))
    let usual = try Upscaler(model: Model(name: "span", tensors: tensors))
      .upscale(picture, depth: .sixteen)
    #expect(!usual.bytes.elementsEqual(result.bytes))
  }

  @Test(
    "The same bytes for any tile and any number of threads",
    arguments: [Precision.exact, .fast])
  func tiles(precision: Precision) throws {
    let model = try Model(name: "span", tensors: WeightFiles.spanTensors(features: 20))
    let picture =
      Sanitizer.isOn
      ? Picture.waves(width: 91, height: 83, noise: 0.1)
      : Picture.waves(width: 171, height: 149, noise: 0.1)
    func enlarge(threads: Int, tile: Int?) throws -> Picture {
      try Upscaler(model: model, precision: precision, threads: threads, tileSize: tile)
        .upscale(picture, depth: .sixteen)
    }
    let whole = try enlarge(threads: 1, tile: nil)
    for (tile, threads) in [(nil, 2), (nil, 3), (80, 1), (80, 3), (37, 2), (37, 3), (20, 2)] {
      let cut = try enlarge(threads: threads, tile: tile)
      #expect(cut.bytes.elementsEqual(whole.bytes), "\(tile ?? 0), \(threads) threads")
    }
  }

  @Test(
    "Sums that overflow are refused", arguments: levels,
    ["conv_1", "block_1.c1_r", "block_3.c3_r", "conv_2", "conv_cat", "upsampler.0"])
  func overflow(level: CPULevel, name: String) throws {
    var tensors = WeightFiles.spanTensors()
    let weight = try #require(tensors["\(name).weight"])
    tensors["\(name).weight"] = Tensor(
      shape: weight.shape, floats: [Float](repeating: 3e38, count: weight.count))
    let model = try Model(name: "large", tensors: tensors)
    for precision in [Precision.exact, .fast] {
      let upscaler = try Upscaler(model: model, level: level, precision: precision, threads: 2)
      expectRefusal(.badModel, "'large'", "overflow") {
        _ = try upscaler.upscale(Self.noise(width: 12, height: 10, layout: .rgb))
      }
    }
  }
}
