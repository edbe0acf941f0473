import Foundation
import NaiveNetworks
import TestSupport
import Testing

@testable import Upscale

/// The networks by their definitions, which the documentation's first article shows: against PyTorch's
/// goldens and against the engine.
@Suite struct NaiveNetworkTests {
  /// Enlarges planes by the definition of a network.
  private static func enlarged(
    _ picture: Planes, by architecture: Architecture, weights: String
  ) throws -> Planes {
    let weights = try Weights(path: weights)
    return switch architecture {
    case .rrdbNet: try NaiveRRDBNet(weights).enlarged(picture)
    case .srvggNetCompact: try NaiveSRVGGNetCompact(weights).enlarged(picture)
    case .span: try NaiveSPAN(weights).enlarged(picture)
    }
  }

  @Test(
    "The bundled networks, against PyTorch and the engine",
    .disabled(if: Sanitizer.isOn, Sanitizer.costsTooMuch), arguments: bundledModels)
  func bundled(name: String) throws {
    let model = try bundledModel(name)
    // Large networks take a second for four pixels here.
    let isLarge = model.architecture.multiplyAddsPerPixel > 1_000_000
    for input in isLarge ? ["coffee-2x7"] : ["coffee-2x7", "coffee-5x3"] {
      let picture = try decode(golden("inputs/\(input).png"))
      let planes = Planes(
        samples: picture.samples, width: picture.width, channels: 3, maximum: 255)
      let naive = try Self.enlarged(
        planes, by: model.architecture, weights: Checkout.path("weights/\(name).safetensors"))
      let samples = naive.samples(maximum: 65535)
      let reference = try decode(golden("\(name)/\(input).png"))
      #expect(naive.width == reference.width && naive.height == reference.height)
      // Both compute in double precision: a sample may differ where it lies between two levels.
      let difference = zip(samples, reference.samples).map { abs($0 - $1) }.max()
      #expect(difference ?? .max <= 1)
      let engine = try Upscaler(model: model).upscale(picture, depth: .sixteen)
      NetworkGoldenTests.expectExact(
        engine,
        Picture(
          width: naive.width, height: naive.height, layout: .rgb, depth: .sixteen,
          samples: samples))
    }
  }

  @Test(
    "Networks of other shapes, before clamping, against PyTorch",
    arguments: [
      "rrdb-x1-unshuffle", "rrdb-x2-plain", "rrdb-x2-unshuffle", "rrdb-x4-nf32", "rrdb-x8",
      "srvgg-x2",
    ])
  func otherShapes(name: String) throws {
    let path = golden("tiny/\(name).safetensors")
    let architecture = try Model.load(path: path).architecture
    let pictures = try SafeTensors(
      file: WeightFile(path: golden("tiny/\(name).golden.safetensors"))
    ).tensors
    let input = try #require(pictures["input.0"])
    let output = try #require(pictures["output.0"])
    let planes = Planes(
      channels: 3, height: input.shape[1], width: input.shape[2],
      values: try input.floats().map { Double($0) / 255 })
    let naive = try Self.enlarged(planes, by: architecture, weights: path)
    #expect([naive.channels, naive.height, naive.width] == output.shape)
    let reference = try output.floats()
    let largest = reference.map(abs).max() ?? 0
    let error = zip(naive.values, reference).map { abs($0 - Double($1)) }.max() ?? .infinity
    // The goldens are rounded to single precision.
    #expect(error <= 1e-7 * Double(largest), "\(error) of \(largest)")
  }

  @Test("Tiles with a halo of one pixel a layer give the numbers of the whole")
  func tiles() throws {
    let network = NaiveSRVGGNetCompact(
      try Weights(path: Checkout.path("weights/realesr-animevideov3.safetensors")))
    let picture = try decode(golden("inputs/chelsea-61x47.png"))
    let planes = Planes(
      samples: picture.samples, width: picture.width, channels: 3, maximum: 255
    ).cropped(columns: 0..<44, rows: 0..<3)
    let whole = try network.enlarged(planes)
    let tiled = try planes.enlargedInTiles(core: 22, halo: 18) { try network.enlarged($0) }
    #expect(tiled == whole)
    let close = try planes.enlargedInTiles(core: 22, halo: 4) { try network.enlarged($0) }
    #expect(close != whole)
  }

  @Test("Pixel unshuffle is the inverse of pixel shuffle")
  func shuffles() {
    let planes = Planes(
      channels: 8, height: 3, width: 2, values: (0..<48).map { Double($0) })
    #expect(planes.pixelShuffled(2).pixelUnshuffled(2) == planes)
    // The first four planes become the four corners of the first 2x2 pixels.
    let large = planes.pixelShuffled(2)
    #expect([large[0, 0, 0], large[0, 0, 1], large[0, 1, 0], large[0, 1, 1]] == [0, 6, 12, 18])
  }

  @Test("The article shows code that is compiled")
  func article() throws {
    let folder = Checkout.path("Tests/NaiveNetworks")
    let sources = try FileManager.default.contentsOfDirectory(atPath: folder).map {
      try String(contentsOfFile: "\(folder)/\($0)", encoding: .utf8)
    }
    let article = try String(
      contentsOfFile: Checkout.path("Sources/Upscale/Upscale.docc/TheForwardPass.md"),
      encoding: .utf8)
    let blocks = article.components(separatedBy: "```swift\n").dropFirst().compactMap {
      $0.components(separatedBy: "```").first
    }
    #expect(blocks.count >= 10)
    for block in blocks {
      // Members are shown without the indentation that they have in their type.
      let indented = block.split(separator: "\n", omittingEmptySubsequences: false)
        .map { $0.isEmpty ? "" : "  \($0)" }.joined(separator: "\n")
      #expect(sources.contains { $0.contains(block) || $0.contains(indented) }, "\(block)")
    }
  }
}
