import Pictures
import TestSupport
import Testing

@testable import Upscale

/// The average over all eight positions of a picture.
@Suite("Self-ensemble") struct SelfEnsembleTests {
  /// Small networks of each kind: what they make of a picture in the middle of the range stays in it.
  static let networks = ["compact", "reduced", "span", "gray", "luma", "unshuffled", "alpha"]

  static func model(_ kind: String) throws -> Model {
    func small(_ tensors: [String: Tensor]) -> [String: Tensor] {
      tensors.mapValues { tensor in
        var random = SeededRandom(seed: UInt64(tensor.count))
        return Tensor(
          shape: tensor.shape,
          floats: (0..<tensor.count).map { _ in Float.random(in: -0.12...0.12, using: &random) })
      }
    }
    // What comes out lies around the middle, so that nothing is clamped.
    func calm(_ tensors: [String: Tensor], _ last: String) throws -> [String: Tensor] {
      var tensors = tensors
      for (name, factor, offset) in [("weight", 0.05, 0), ("bias", 0.05, 0.45)]
        as [(String, Float, Float)]
      {
        let tensor = try #require(tensors["\(last).\(name)"])
        tensors["\(last).\(name)"] = Tensor(
          shape: tensor.shape, floats: try tensor.floats().map { $0 * factor + offset })
      }
      return tensors
    }
    let compact = { (inputs: Int, outputs: Int, scale: Int) in
      WeightFiles.compactTensors(inputs: inputs, outputs: outputs, scale: scale, magnitude: 0.08)
    }
    switch kind {
    case "reduced":
      return try Model(name: kind, tensors: compact(3, 3, 4), hints: ModelHints(outputScale: 3))
    case "span":
      return try Model(
        name: kind, tensors: calm(WeightFiles.spanTensors(features: 8), "upsampler.0"))
    case "gray": return try Model(name: kind, tensors: compact(1, 1, 2))
    case "luma": return try Model(name: kind, tensors: compact(1, 3, 2))
    case "alpha": return try Model(name: kind, tensors: compact(4, 4, 2))
    case "unshuffled":
      return try Model(
        name: kind, tensors: calm(small(rrdbTensors(inputs: 12, upsamplings: 2)), "conv_last"))
    default: return try Model(name: kind, tensors: compact(3, 3, 3))
    }
  }

  /// A picture of values in the middle.
  static func picture(
    _ width: Int, _ height: Int, _ layout: Picture.Layout = .rgb, depth: Picture.Depth = .eight
  ) -> Picture {
    let picture = Picture.waves(
      width: width, height: height, layout: layout, depth: depth, noise: 0.1)
    return Picture(
      width: width, height: height, layout: layout, depth: depth,
      samples: picture.samples.map { depth.maximum * 2 / 5 + $0 / 5 })
  }

  /// The picture in a position; of the inverse, the way back.
  static func laid(_ picture: Picture, _ symmetry: Symmetry, isInverse: Bool = false) -> Picture {
    let (width, height) = (picture.width, picture.height)
    let size = symmetry.transposes ? (height, width) : (width, height)
    let (channels, samples) = (picture.layout.rawValue, picture.samples)
    var result = samples
    for y in 0..<size.1 {
      for x in 0..<size.0 {
        var (fromX, fromY) = (x, y)
        if isInverse {
          // Mirrored in the upright picture, then transposed.
          if symmetry.mirrorsColumns { fromX = size.0 - 1 - fromX }
          if symmetry.mirrorsRows { fromY = size.1 - 1 - fromY }
          if symmetry.transposes { (fromX, fromY) = (fromY, fromX) }
        } else {
          if symmetry.transposes { (fromX, fromY) = (fromY, fromX) }
          if symmetry.mirrorsColumns { fromX = width - 1 - fromX }
          if symmetry.mirrorsRows { fromY = height - 1 - fromY }
        }
        for channel in 0..<channels {
          result[(y * size.0 + x) * channels + channel] =
            samples[(fromY * width + fromX) * channels + channel]
        }
      }
    }
    return Picture(
      width: size.0, height: size.1, layout: picture.layout, depth: picture.depth, samples: result)
  }

  @Test("It is the mean of eight enlargements, turned back", arguments: networks)
  func mean(kind: String) throws {
    let model = try Self.model(kind)
    let plain = try Upscaler(model: model, threads: 2)
    let ensemble = try Upscaler(model: model, threads: 2, usesSelfEnsemble: true)
    for layout in [Picture.Layout.rgb, .rgba, .gray] {
      let picture = Self.picture(23, 18, layout)
      let result = try ensemble.upscale(picture, depth: .sixteen).samples
      var sums = [Int](repeating: 0, count: result.count)
      for symmetry in Symmetry.all {
        let turned = try plain.upscale(Self.laid(picture, symmetry), depth: .sixteen)
        let back = Self.laid(turned, symmetry, isInverse: true).samples
        for index in sums.indices { sums[index] += back[index] }
      }
      #expect(result.count == sums.count)
      let worst = zip(result, sums).map { abs(8 * $0 - $1) }.max() ?? 0
      #expect(worst <= 8, "\(layout): \(Double(worst) / 8) levels of 16 bits")
      // The network does not treat all positions alike, or this would test nothing.
      #expect(result != (try plain.upscale(picture, depth: .sixteen).samples))
    }
  }

  @Test(
    "Any tile and any number of threads give the same bytes",
    arguments: ["compact", "reduced", "span", "gray", "alpha"])
  func tiles(kind: String) throws {
    let model = try Self.model(kind)
    for (width, height) in [(61, 47), (33, 70), (5, 3)] {
      let picture = Self.picture(width, height, .rgba)
      let whole = try Upscaler(model: model, threads: 1, tileSize: 1000, usesSelfEnsemble: true)
        .upscale(picture)
      for (tile, threads) in [(16, 2), (20, 3), (37, 1)] {
        let cut = try Upscaler(
          model: model, threads: threads, tileSize: tile, usesSelfEnsemble: true
        ).upscale(picture)
        #expect(cut == whole, "\(width)x\(height), tiles of \(tile), \(threads) threads")
      }
    }
  }

  @Test("An unshuffled RRDBNet is within a level of the whole in tiles, at every size")
  func unshuffledTiles() throws {
    let model = try Self.model("unshuffled")
    for (width, height) in [(61, 47), (62, 49), (3, 2), (1, 1)] {
      let picture = Self.picture(width, height)
      let whole = try Upscaler(model: model, threads: 2, tileSize: 1000, usesSelfEnsemble: true)
        .upscale(picture).samples
      let cut = try Upscaler(model: model, threads: 2, tileSize: 16, usesSelfEnsemble: true)
        .upscale(picture).samples
      #expect((zip(whole, cut).map { abs($0 - $1) }.max() ?? 0) <= 1)
    }
  }

  @Test("The plan counts eight times the work, and the memory that it takes")
  func plan() throws {
    let model = try Self.model("compact")
    let plain = try Upscaler(model: model, threads: 1)
    let ensemble = try Upscaler(model: model, threads: 1, usesSelfEnsemble: true)
    for (width, height) in [(64, 64), (61, 30)] {
      func plan(_ upscaler: Upscaler, memory: Int = 1 << 30) throws -> WorkPlan {
        try upscaler.plan(width: width, height: height, layout: .rgb, memory: memory)
      }
      let (one, eight) = (try plan(plain), try plan(ensemble))
      #expect(eight.multiplyAdds == 8 * one.multiplyAdds)
      #expect(ensemble.multiplyAdds(width: width, height: height) == eight.multiplyAdds)
      #expect(eight.bytes > one.bytes)
      // What it says that it needs is enough, and one byte less is not.
      #expect(try plan(ensemble, memory: eight.bytes).isWhole)
      if let less = try? plan(ensemble, memory: eight.bytes - 1) { #expect(!less.isWhole) }
    }
  }

  @Test("Sums that overflow are refused, and work is cancelled")
  func endings() throws {
    let wild = try Model(name: "wild", tensors: WeightFiles.compactTensors(magnitude: 1e30))
    expectRefusal(.badModel, "'wild'") {
      _ = try Upscaler(model: wild, threads: 2, usesSelfEnsemble: true)
        .upscale(Self.picture(16, 16))
    }
    let upscaler = try Upscaler(
      model: try Self.model("compact"), threads: 2, usesSelfEnsemble: true)
    expectRefusal(.cancelled) {
      _ = try upscaler.upscale(
        Self.picture(16, 16), observer: WorkObserver(isCancelled: { true }))
    }
    var share = 0.0
    let observer = WorkObserver { fraction in
      #expect(fraction >= share && fraction <= 1)
      share = fraction
    }
    _ = try upscaler.upscale(Self.picture(40, 30), observer: observer)
    #expect(share == 1)
  }
}
