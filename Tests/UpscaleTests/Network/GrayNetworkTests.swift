import TestSupport
import Testing

@testable import Upscale

/// Networks of one channel.
@Suite struct GrayNetworkTests {
  private static func noise(
    _ width: Int, _ height: Int, _ layout: Picture.Layout, depth: Picture.Depth
  ) -> Picture {
    var random = SeededRandom(seed: 3)
    return Picture(
      width: width, height: height, layout: layout, depth: depth,
      samples: (0..<width * height * layout.rawValue).map { index in
        // Colours under transparent pixels would be replaced.
        let isAlpha = layout.hasAlpha && index % layout.rawValue == layout.rawValue - 1
        return Int.random(in: (isAlpha ? depth.maximum / 4 : 0)...depth.maximum, using: &random)
      })
  }

  /// One channel of a picture, as a gray picture.
  private static func channel(_ index: Int, of picture: Picture) -> Picture {
    let (samples, step) = (picture.samples, picture.layout.rawValue)
    return Picture(
      width: picture.width, height: picture.height, layout: .gray, depth: picture.depth,
      samples: stride(from: index, to: samples.count, by: step).map { samples[$0] })
  }

  @Test(
    "Each colour is enlarged as the gray picture that it is",
    arguments: [Picture.Layout.rgb, .rgba, .grayAlpha], [nil, 16])
  func colours(layout: Picture.Layout, tile: Int?) throws {
    for tensors in [
      WeightFiles.compactTensors(inputs: 1, outputs: 1),
      rrdbTensors(inputs: 4, outputs: 1, upsamplings: 2).mapValues(Self.small),
    ] {
      let model = try Model(name: "gray", tensors: tensors)
      let upscaler = try Upscaler(model: model, threads: 2, tileSize: tile)
      let picture = Self.noise(41, 37, layout, depth: .eight)
      let result = try upscaler.upscale(picture, depth: .sixteen)
      for color in 0..<layout.colorCount {
        let alone = try upscaler.upscale(Self.channel(color, of: picture), depth: .sixteen)
        #expect(Self.channel(color, of: result).samples == alone.samples, "colour \(color)")
      }
      if !layout.isGray {
        #expect(
          Self.channel(0, of: result).samples != Self.channel(1, of: result).samples)
      }
    }
  }

  private static func small(_ tensor: Tensor) -> Tensor {
    var random = SeededRandom(seed: UInt64(tensor.count))
    return Tensor(
      shape: tensor.shape,
      floats: (0..<tensor.count).map { _ in Float.random(in: -0.2...0.2, using: &random) })
  }

  @Test("The plan counts every application")
  func multiplyAdds() throws {
    let model = try Model(
      name: "gray", tensors: WeightFiles.compactTensors(inputs: 1, outputs: 1))
    let upscaler = try Upscaler(model: model, threads: 1)
    func multiplyAdds(_ layout: Picture.Layout) throws -> Int {
      try upscaler.plan(width: 32, height: 32, layout: layout, memory: 1 << 30).multiplyAdds
    }
    #expect(try multiplyAdds(.rgba) == 3 * multiplyAdds(.gray))
  }
}
