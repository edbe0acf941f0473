import TestSupport
import Testing

@testable import Upscale

/// SPANs as they are trained; that folding computes the same is in `SPANTests`.
@Suite struct TrainingBranchesTests {
  private static let tensors = WeightFiles.spanTensors(features: 6, isBranched: true)

  private static func model(
    _ tensors: [String: Tensor], hints: ModelHints = ModelHints()
  ) throws -> Model {
    try Model(name: "span", tensors: tensors, hints: hints)
  }

  @Test("What was folded once is not folded again, and the stored sum is not looked at")
  func storedSum() throws {
    let model = try Self.model(Self.tensors)
    #expect(model.tensors.keys.allSatisfy { !$0.contains("eval_conv") && !$0.contains("sk.") })
    var others = Self.tensors
    for name in others.keys where name.contains("eval_conv") {
      let shape = try #require(others[name]?.shape)
      others[name] = Tensor(
        shape: shape, floats: [Float](repeating: .nan, count: shape.reduce(1, *)))
    }
    var none = Self.tensors
    for name in none.keys where name.contains("eval_conv") { none[name] = nil }
    for tensors in [others, none, model.tensors] {
      let again = try Self.model(tensors)
      #expect(again.tensors.keys.sorted() == model.tensors.keys.sorted())
      for name in model.tensors.keys {
        #expect(try again.floats(name) == model.floats(name), "\(name)")
      }
    }
  }

  @Test("A network under a wrapper")
  func wrapped() throws {
    let wrapped = Dictionary(
      uniqueKeysWithValues: Self.tensors.map { ("params." + $0.key, $0.value) })
    #expect(try Self.model(wrapped).architecture == Self.model(Self.tensors).architecture)
  }

  @Test("Every tensor but the stored sum must be there, in its shape and finite")
  func everyTensor() throws {
    for name in Self.tensors.keys.sorted() where !name.contains("eval_conv") {
      var lacking = Self.tensors
      let shape = try #require(lacking[name]?.shape)
      lacking[name] = nil
      expectRefusal { _ = try Self.model(lacking) }
      for other in [[1], shape + [1], shape.map { $0 + 1 }, shape.map { _ in 0 }] {
        lacking[name] = Tensor(
          shape: other, floats: [Float](repeating: 0, count: other.reduce(1, *)))
        expectRefusal { _ = try Self.model(lacking) }
      }
      lacking[name] = Tensor(
        shape: shape, floats: [Float](repeating: .infinity, count: shape.reduce(1, *)))
      expectRefusal(.badModel, "infinity or a NaN") { _ = try Self.model(lacking) }
    }
  }

  @Test("Names that are missing or too many are said")
  func names() throws {
    var tensors = Self.tensors
    tensors["block_2.c1_r.conv.1.weight"] = nil
    expectRefusal(.badModel, "'block_2.c1_r.conv.1.weight' is missing") {
      _ = try Self.model(tensors)
    }
    tensors = Self.tensors
    for name in tensors.keys where name.contains(".sk.") || name.contains(".conv.") {
      tensors[name] = nil
    }
    expectRefusal(.badModel, "'conv_1.sk.weight' is missing") { _ = try Self.model(tensors) }
    tensors = Self.tensors
    tensors["block_7.c1_r.sk.weight"] = tensors["block_6.c1_r.sk.weight"]
    expectRefusal(.badModel, "'block_7.c1_r.sk.weight' is no part of a SPAN") {
      _ = try Self.model(tensors)
    }
    tensors = Self.tensors
    tensors["conv_2.weight"] = Tensor(
      shape: [6, 6, 3, 3], floats: [Float](repeating: 0, count: 324))
    expectRefusal(.badModel, "'conv_2.weight' is there beside the branches") {
      _ = try Self.model(tensors)
    }
  }

  @Test("Networks that would take long to fold are refused before it")
  func limits() throws {
    var tensors = Self.tensors
    for (name, shape) in [("conv.0", [300, 6, 1, 1]), ("conv.1", [12, 300, 3, 3])] {
      tensors["conv_2.\(name).weight"] = Tensor(
        shape: shape, floats: [Float](repeating: 0, count: shape.reduce(1, *)))
    }
    expectRefusal(.badModel, "256 channels are the limit") { _ = try Self.model(tensors) }
    tensors = Self.tensors
    tensors["conv_2.sk.weight"] = Tensor(
      shape: [6, 129, 1, 1], floats: [Float](repeating: 0, count: 774))
    expectRefusal(.badModel, "128 channels are the limit") { _ = try Self.model(tensors) }
    expectRefusal(.badModel, "maps of 130 channels; 128 are the limit") {
      _ = try Self.model(WeightFiles.spanTensors(features: 130, scale: 1))
    }
  }

  @Test("Means of a network without a tensor that says there are none")
  func means() throws {
    var tensors = WeightFiles.spanTensors(inputs: 1)
    #expect(try Self.model(tensors).architecture.channels.input == 1)
    tensors["no_norm"] = nil
    expectRefusal(.badModel, "does not say which mean") { _ = try Self.model(tensors) }
    let own = PictureNormalization(mean: [0.5], range: 2)
    #expect(
      try Self.model(tensors, hints: ModelHints(normalization: own)).architecture.channels.input
        == 1)
    tensors["no_norm"] = Tensor(shape: [2], floats: [0, 0])
    expectRefusal(.badModel, "'no_norm' has shape [2]") { _ = try Self.model(tensors) }
    expectRefusal(.badModel, "means of 1 channels, but takes 3") {
      _ = try Self.model(Self.tensors, hints: ModelHints(normalization: own))
    }
  }

  @Test("Conversion keeps mean and range, and what it writes is read as the same network")
  func conversion() throws {
    try withModelDirectory { directory in
      for (mean, range) in [([0.485, 0.456, 0.406], Float(1)), ([0.4488, 0.4371, 0.404], 255)]
        as [([Float], Float)]
      {
        let normalization = PictureNormalization(mean: mean, range: range)
        let model = try Self.model(Self.tensors, hints: ModelHints(normalization: normalization))
        let metadata = ModelHints.metadata(for: model.architecture)
        try writeBytes(
          try encodedSafeTensors(model.tensors, metadata: metadata), directory + "/a.safetensors")
        #expect(
          try Model.load(path: directory + "/a.safetensors").architecture == model.architecture)
      }
    }
  }

  @Test(
    "Metadata that mean nothing are refused",
    arguments: [
      ("", "1.0"), ("0.1", "0"), ("0.1", "1.0,2.0"), ("nan", "1.0"), ("0.1,inf,0.1", "1.0"),
      ("0.1,,0.1", "1.0"), ("0.1,0.1,0.1,0.1,0.1", "1.0"), ("0.1 0.1", "1.0"), ("1e9", "1.0"),
    ])
  func metadata(mean: String, range: String) throws {
    try withModelDirectory { directory in
      let path = directory + "/a.safetensors"
      try writeBytes(
        try encodedSafeTensors(
          WeightFiles.spanTensors(), metadata: ["upscale.mean": mean, "upscale.range": range]),
        path)
      expectRefusal(.badModel, path) { _ = try Model.load(path: path) }
    }
  }

  @Test("One of both metadata is not enough")
  func halfOfTheMetadata() throws {
    for key in ["upscale.mean", "upscale.range"] {
      expectRefusal(.badModel) { _ = try ModelHints(metadata: [key: "1.0"]) }
    }
  }
}
