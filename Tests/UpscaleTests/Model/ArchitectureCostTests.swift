import Foundation
import TestSupport
import Testing

@testable import Upscale

/// What enlarging costs, from the hyper-parameters alone.
@Suite("The cost of a network") struct ArchitectureCostTests {
  private static let tinyModels = Checkout.url.appending(path: "Tests/Golden/tiny")

  @Test("A pixel costs what the networks count")
  func multiplyAdds() throws {
    let names = try FileManager.default.contentsOfDirectory(atPath: Self.tinyModels.path)
      .filter { $0.hasSuffix(".safetensors") && !$0.contains("golden") }
    #expect(names.count > 4)
    for name in names {
      let model = try Model.load(path: Self.tinyModels.appending(path: name).path)
      let upscaler = try Upscaler(model: model, threads: 1)
      #expect(
        model.architecture.multiplyAddsPerPixel * 64
          == Double(upscaler.multiplyAdds(width: 8, height: 8)), "\(name)")
    }
  }

  @Test(
    "A factor beyond the network's own takes more applications, of more pixels",
    arguments: [
      (4, nil, 1.0), (4, 2, 1), (4, 4, 1), (4, 4.5, 17), (4, 16, 17), (2, 2, 1), (2, 3, 5),
      (2, 4, 5), (2, 8, 21), (1, 4, 1), (8, 4, 1),
    ] as [(Int, Double?, Double)])
  func applications(factor: Int, wanted: Double?, count: Double) {
    #expect(Architecture.applications(factor: factor, toReach: wanted) == count)
  }
}
