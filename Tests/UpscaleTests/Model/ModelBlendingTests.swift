import TestSupport
import Testing

@testable import Upscale

@Suite("Blended weights") struct ModelBlendingTests {
  private func model(_ tensors: [String: Tensor], _ name: String = "a") throws -> Model {
    try Model(name: name, tensors: tensors)
  }

  /// A model whose every number is this one's, changed.
  private func changed(_ tensors: [String: Tensor], _ change: (Float) -> Float) throws -> [String:
    Tensor]
  {
    try tensors.mapValues { Tensor(shape: $0.shape, floats: try $0.floats().map(change)) }
  }

  @Test("Every number lies between both", arguments: [0, 0.25, 0.5, 1])
  func numbers(share: Double) throws {
    for tensors in [
      WeightFiles.compactTensors(), WeightFiles.spanTensors(isBranched: true), rrdbTensors(),
    ] {
      let first = try model(tensors)
      let second = try model(changed(tensors) { 0.3 - 2 * $0 }, "b")
      let blended = try first.blended(with: second, share: share)
      #expect(blended.architecture == first.architecture)
      #expect(blended.parameterCount == first.parameterCount)
      for name in first.tensors.keys {
        let expected = zip(try first.floats(name), try second.floats(name)).map {
          (1 - Float(share)) * $0 + Float(share) * $1
        }
        #expect(try blended.floats(name) == expected, "\(name)")
      }
    }
  }

  @Test("Ends of the way are the models themselves, whatever their files' precision")
  func pictures() throws {
    try withModelDirectory { directory in
      let tensors = WeightFiles.compactTensors(features: 24, convolutions: 3)
      try writeBytes(try encodedSafeTensors(tensors), directory + "/a.safetensors")
      let half = try changed(tensors) { $0 / 2 }.mapValues(\.halved)
      try writeBytes(try encodedSafeTensors(half), directory + "/b.safetensors")
      let first = try Model.load(path: directory + "/a.safetensors")
      let second = try Model.load(path: directory + "/b.safetensors")
      let picture = Picture.waves(width: 20, height: 15)
      func enlarged(_ model: Model) throws -> Picture {
        try Upscaler(model: model, threads: 1).upscale(picture)
      }
      #expect(try enlarged(first.blended(with: second, share: 0)) == enlarged(first))
      #expect(try enlarged(first.blended(with: second, share: 1)) == enlarged(second))
      let middle = try first.blended(with: second, share: 0.5)
      #expect(try enlarged(middle) != enlarged(first) && enlarged(middle) != enlarged(second))
      // Both files count: while numbers are read, those of one tensor are in memory.
      #expect(middle.packedByteCount > first.packedByteCount)
      var bytes = try readBytes(directory + "/b.safetensors")
      bytes.append(0)
      try writeBytes(bytes, directory + "/b.safetensors")
      expectRefusal(.badModel, "b.safetensors", "changed") { _ = try enlarged(middle) }
    }
  }

  @Test("Networks that differ are refused with the difference")
  func differences() throws {
    let base = try model(WeightFiles.compactTensors())
    for (tensors, part) in [
      (WeightFiles.spanTensors(), "one is an SRVGGNetCompact, the other a SPAN"),
      (WeightFiles.compactTensors(scale: 3), "x2, the other x3"),
      (WeightFiles.compactTensors(convolutions: 2), "numbers, the other"),
    ] {
      expectRefusal(.badModel, "'a' and 'b' cannot be blended", part) {
        _ = try base.blended(with: model(tensors, "b"), share: 0.5)
      }
    }
    let span = WeightFiles.spanTensors()
    let usual = try model(span)
    let other = try Model(
      name: "b", tensors: span,
      hints: ModelHints(normalization: PictureNormalization(mean: [0, 0, 0], range: 1)))
    expectRefusal(.badModel, "not of the same shape") {
      _ = try usual.blended(with: other, share: 0.5)
    }
  }

  @Test(
    "The partner of a model has -wdn before the last part of its name, or behind it",
    arguments: [
      ("realesr-general-x4v3", ["realesr-general-wdn-x4v3", "realesr-general-x4v3-wdn"]),
      ("plain", ["plain-wdn"]),
    ])
  func partnerNames(name: String, partners: [String]) {
    #expect(ModelLibrary.partnerNames(of: name) == partners)
  }

  @Test("A partner is found beside the model, with any ending")
  func partners() throws {
    try withModelDirectory { directory in
      let library = ModelLibrary(folder: ModelFolder(directory: directory))
      let bytes = try encodedSafeTensors(compactTensors())
      try writeBytes(bytes, directory + "/net-x2.safetensors")
      for reference in [ModelReference("net-x2"), .file(directory + "/net-x2.safetensors")] {
        expectRefusal(.badModel, "'net-x2'", "'net-wdn-x2' and no 'net-x2-wdn'") {
          _ = try library.noisyPartner(of: reference)
        }
      }
      try writeBytes(bytes, directory + "/net-wdn-x2.pth")
      for reference in [ModelReference("net-x2"), .file(directory + "/net-x2.safetensors")] {
        #expect(try library.noisyPartner(of: reference) == .file(directory + "/net-wdn-x2.pth"))
      }
      expectRefusal(.badModel, "'span-x4'", "partner") {
        _ = try library.noisyPartner(of: ModelReference("span-x4"))
      }
    }
  }
}
