import TestSupport
import Testing

@testable import Upscale

/// ncnn graphs of SPANs, and those that only resemble one.
@Suite struct SPANGraphTests {
  private static let tensors = WeightFiles.spanTensors(features: 4)

  private static func pair() throws -> NCNNPair { try NCNNPair.span(tensors, scale: 2) }

  private static func shape(_ model: Model) -> SPANShape? {
    if case .span(let shape) = model.architecture { shape } else { nil }
  }

  @Test("Names, numbers, mean and range are read", arguments: [1, 2, 4])
  func isRead(scale: Int) throws {
    let tensors = WeightFiles.spanTensors(features: 4, scale: scale)
    let model = try NCNNPair.span(tensors, scale: scale).load()
    for (name, tensor) in tensors { #expect(try model.floats(name) == tensor.floats()) }
    let shape = try #require(Self.shape(model))
    #expect(shape.scale == scale && shape.features == 4 && shape.normalization == .span)
  }

  @Test("Another mean, another range, or none of them")
  func normalizations() throws {
    let mean: [Float] = [0.485, 0.456, 0.406]
    let cases: [(mean: [Float]?, range: String?, expected: PictureNormalization)] = [
      (mean, nil, .init(mean: mean, range: 1)),
      (nil, "2.55e2", .init(mean: [0, 0, 0], range: 255)),
      (nil, nil, .none(channels: 3)), (mean, "-0.5", .init(mean: mean, range: -0.5)),
    ]
    for (mean, range, expected) in cases {
      let model = try NCNNPair.span(Self.tensors, scale: 2, mean: mean, range: range).load()
      #expect(Self.shape(model)?.normalization == expected)
    }
  }

  @Test("What changes nothing is read")
  func equalGraphs() throws {
    for (old, new) in [
      ("0=1 1=1 2=5.000000e-01", "0=0 1=1 2=-5.000000e-01"),
      ("0=1 1=1 2=3", "0=1 1=1 11=1 2=3 21=1"),
      ("BinaryOp block_2.m 2 1 block_2.a block_2.f", "BinaryOp block_2.m 2 1 block_2.f block_2.a"),
    ] {
      #expect(try Self.pair().replacing(old, new).load().architecture.scale == 2)
    }
  }

  private static let splitSwish = """
    Split x 1 2 block_2.c2_r x0 x1
    Sigmoid y 1 1 x0 y
    BinaryOp block_2.s2 2 1 x1 y block_2.s2 0=2
    """

  @Test("SiLU written as a product with its sigmoid is read")
  func productOfSigmoid() throws {
    let pair = try Self.pair().replacing(
      "Swish block_2.s2 1 1 block_2.c2_r block_2.s2", Self.splitSwish)
    #expect(try pair.load().architecture.scale == 2)
    let other = try pair.replacing("2 1 x1 y block_2.s2 0=2", "2 1 x1 y block_2.s2 0=0")
    expectRefusal(.badModel, "'block_2.s2'") { _ = try other.load() }
  }

  @Test(
    "Another graph is refused by its layer",
    arguments: [
      ("BinaryOp centre 2 1 data means", "BinaryOp centre 2 1 means data", "'centre'"),
      ("centre 0=1", "centre 0=0", "'centre'"), ("centre 0=1", "centre 0=3", "'centre'"),
      ("0=1 1=1 2=3", "0=3", "'means'"), ("0=1 1=1 2=3", "0=1 1=1 2=0", "'means'"),
      ("0=1 1=1 2=3", "0=1 1=1 2=3 21=0", "'means'"),
      ("0=1 1=1 2=3", "0=1 1=1 2=5", "'means'"), ("0=1 1=1 2=3", "0=1 1=3 2=1", "'means'"),
      ("0=2 1=1 2=2.550000e+02", "0=2 1=1 2=0.0", "'range'"),
      ("0=2 1=1 2=2.550000e+02", "0=2 1=1 2=255", "'range'"),
      ("0=2 1=1 2=2.550000e+02", "0=2 1=1 2=1e30", "'range'"),
      ("0=2 1=1 2=2.550000e+02", "0=3 1=1 2=2.550000e+02", "'range'"),
      ("0=2 1=1 2=2.550000e+02", "0=2 1=1 2=2.000000e-01", "'range'"),
      ("0=1 1=1 2=5.000000e-01", "0=1 1=1 2=4.000000e-01", "'block_1.f'"),
      ("0=1 1=1 2=5.000000e-01", "0=0 1=1 2=5.000000e-01", "'block_1.f'"),
      ("Sigmoid block_3.g", "Swish block_3.g", "'block_3.g'"),
      ("Swish block_3.s1", "Sigmoid block_3.s1", "'block_3.s1'"),
      ("Swish block_3.s1", "ReLU block_3.s1", "'block_3.s1'"),
      ("block_4.a block_4.f block_4.m 0=2", "block_4.a block_4.f block_4.m 0=0", "'block_4.m'"),
      ("block_4.a block_4.f block_4.m 0=2", "block_4.a block_4.f block_4.m 0=1", "'block_4.m'"),
      ("conv_1_2 conv_2 ", "conv_2 conv_1_2 ", "'all'"),
      (
        "PixelShuffle output 1 1 upsampler.0 output 0=2", "Noop output 1 1 upsampler.0 output",
        "'output'"
      ),
      (
        "PixelShuffle output 1 1 upsampler.0 output 0=2",
        "PixelShuffle output 1 1 upsampler.0 output 0=4", "'output'"
      ),
      ("1=1 4=0 5=1 6=64", "1=1 4=1 5=1 6=64", "'conv_cat'"),
      ("1=1 4=0 5=1 6=64", "1=1 4=0 11=3 5=1 6=64", "'conv_cat'"),
    ])
  func anotherGraph(old: String, new: String, part: String) throws {
    let pair = try Self.pair().replacing(old, new)
    expectRefusal(.badModel, part) { _ = try pair.load() }
  }

  @Test("Means that are no numbers, cut weights and missing layers are refused")
  func damaged() throws {
    for value in [Float.nan, .infinity, 1e30] {
      expectRefusal(.badModel, "means") {
        _ = try NCNNPair.span(Self.tensors, scale: 2, mean: [0, value, 0]).load()
      }
    }
    expectRefusal(.badModel, "means of 2 channels") {
      _ = try NCNNPair.span(Self.tensors, scale: 2, mean: [0.1, 0.2]).load()
    }
    let whole = try Self.pair()
    for length in stride(from: 0, to: whole.weights.count, by: 97) {
      var pair = whole
      pair.weights.removeLast(whole.weights.count - length)
      expectRefusal(.badModel, "cut short") { _ = try pair.load() }
    }
    let lacking = try whole.replacing("Convolution conv_2 1 1", "Noop conv_2 1 1")
    expectRefusal(.badModel) { _ = try lacking.load() }
  }
}
