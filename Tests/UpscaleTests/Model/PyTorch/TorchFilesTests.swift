import Foundation
import TestSupport
import Testing

@testable import Upscale

/// Files that PyTorch itself wrote, of networks whose numbers are known: see
/// `Tests/Reference/make_torch_files.py`.
@Suite("Files of torch.save")
struct TorchFilesTests {
  /// "rrdb-x8.old.legacy.pth": the network, what was done to its state, and the container.
  static let names: [String] = {
    let names = try? FileManager.default.contentsOfDirectory(
      atPath: Checkout.path("Tests/Golden/torch"))
    return (names ?? []).filter { $0.hasSuffix(".pth") }.sorted()
  }()

  @Test("There are files of every container and family")
  func complete() {
    #expect(Self.names.count == 15)
    for part in [".old.", ".trunk.", ".averaged.", ".shared.", ".training.", ".zip.", ".legacy."] {
      #expect(Self.names.contains { $0.contains(part) }, "\(part)")
    }
  }

  @Test("Each is the network that its safetensors file is, number by number", arguments: names)
  func equal(name: String) throws {
    let network = try #require(name.split(separator: ".").first)
    let expected = try Model.load(path: golden("tiny/\(network).safetensors"))
    let model = try Model.load(path: golden("torch/\(name)"))
    #expect(model.architecture == expected.architecture)
    #expect(model.tensors.keys.sorted() == expected.tensors.keys.sorted())
    for tensor in expected.tensors.keys {
      #expect(try model.floats(tensor) == expected.floats(tensor), "\(tensor)")
    }
    let picture = Picture.waves(width: 9, height: 7)
    let results = try [model, expected].map {
      try Upscaler(model: $0, threads: 2).upscale(picture, depth: .sixteen)
    }
    #expect(results[0] == results[1])
  }
}
