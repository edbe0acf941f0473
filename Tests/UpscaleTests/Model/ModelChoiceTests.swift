import TestSupport
import Testing

@testable import Upscale

@Suite("The cheapest model that serves") struct ModelChoiceTests {
  private func choice(_ scale: Double, in directory: String) throws -> ModelLibrary.Choice {
    try ModelLibrary(folder: ModelFolder(directory: directory)).cheapest(toReach: scale)
  }

  @Test(
    "Of the models that come along, the SPAN of the scale",
    arguments: [(1, "span-x2"), (2, "span-x2"), (2.5, "span-x4"), (4, "span-x4")])
  func bundled(scale: Double, name: String) throws {
    try withModelDirectory { directory in
      let choice = try choice(scale, in: directory)
      #expect(choice.summary.name == name && choice.model.name == name)
      #expect(choice.candidateCount == (scale > 2 ? 4 : 5))
    }
  }

  @Test("A cheaper one of the folder is taken if it is colourful, large enough and not damaged")
  func found() throws {
    try withModelDirectory { directory in
      func write(_ tensors: [String: Tensor], _ name: String) throws {
        try writeBytes(try encodedSafeTensors(tensors), "\(directory)/\(name).safetensors")
      }
      // Gray, too small, and with an infinity: each is cheaper than all others.
      try write(compactTensors(inputs: 1, outputs: 1, scale: 4), "gray")
      try write(compactTensors(scale: 3), "small")
      var damaged = compactTensors(scale: 4)
      damaged["body.0.bias"] = Tensor(shape: [4], floats: [.infinity, 0, 0, 0])
      try write(damaged, "damaged")
      try writeBytes([1, 2], directory + "/none.pth")
      #expect(try choice(4, in: directory).summary.name == "span-x4")
      #expect(try choice(3, in: directory).summary.name == "small")
      try write(compactTensors(features: 8, scale: 4), "good")
      let choice = try choice(4, in: directory)
      #expect(choice.summary.name == "good" && choice.candidateCount == 5)
      try write(compactTensors(features: 64, convolutions: 30, scale: 8), "large")
      #expect(try self.choice(8, in: directory).summary.name == "large")
    }
  }

  @Test("A scale that none has is refused with the greatest")
  func none() throws {
    try withModelDirectory { directory in
      expectRefusal(.badModel, "x4.5", "x4 of 'realesrgan-x4plus'") {
        _ = try choice(4.5, in: directory)
      }
      var damaged = compactTensors(scale: 8)
      damaged["body.0.bias"] = Tensor(shape: [4], floats: [.nan, 0, 0, 0])
      try writeBytes(try encodedSafeTensors(damaged), directory + "/damaged.safetensors")
      expectRefusal(.badModel, "damaged.safetensors", "NaN") { _ = try choice(8, in: directory) }
    }
  }
}
