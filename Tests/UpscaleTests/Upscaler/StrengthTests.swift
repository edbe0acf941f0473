import Pictures
import TestSupport
import Testing

@testable import Upscale

/// The mixture of a network's result with a plain enlargement.
@Suite("Strength") struct StrengthTests {
  private static func upscaler(
    _ strength: Double, kind: String = "compact", threads: Int = 2, tile: Int? = nil,
    usesSelfEnsemble: Bool = false
  ) throws -> Upscaler {
    try Upscaler(
      model: SelfEnsembleTests.model(kind), threads: threads, tileSize: tile,
      usesSelfEnsemble: usesSelfEnsemble, strength: strength)
  }

  @Test(
    "All of it is the network, none of it the plain enlargement", arguments: Picture.Layout.allCases
  )
  func ends(layout: Picture.Layout) throws {
    for depth in Picture.Depth.allCases {
      let picture = SelfEnsembleTests.picture(31, 22, layout, depth: depth)
      for scale in [nil, 2.5, 1, 0.3] {
        let network = try Self.upscaler(1).upscale(picture, scale: scale, depth: .sixteen)
        #expect(network.samples.count > 0)
        let none = try Self.upscaler(0).upscale(picture, scale: scale, depth: .sixteen)
        let plain = picture.converted(to: .sixteen).resized(
          width: network.width, height: network.height)
        #expect(none == plain, "\(layout) \(depth) \(scale ?? 0)")
        // Below a factor of 1 there is no network.
        #expect((network == plain) == (scale.map { $0 < 1 } ?? false))
        let eight = try Self.upscaler(0).upscale(picture, scale: scale).samples
        // 16 bits are dithered, which may round to the farther of two levels.
        let far = depth == .sixteen ? 257 : 129
        #expect(zip(eight, plain.samples).allSatisfy { abs($0 * 257 - $1) <= far })
      }
    }
  }

  @Test(
    "Between them every sample lies between both, in proportion, rounded once",
    arguments: [0.25, 0.5, 0.9])
  func between(strength: Double) throws {
    for layout in Picture.Layout.allCases {
      let picture = SelfEnsembleTests.picture(31, 22, layout)
      for scale in [nil, 2, 7] as [Double?] {
        let network = try Self.upscaler(1).upscale(picture, scale: scale, depth: .sixteen).samples
        let plain = try Self.upscaler(0).upscale(picture, scale: scale, depth: .sixteen).samples
        let mixed = try Self.upscaler(strength).upscale(picture, scale: scale, depth: .sixteen)
        let rounded = try Self.upscaler(strength).upscale(picture, scale: scale).samples
        for (index, sample) in mixed.samples.enumerated() {
          // Colours count by their alpha.
          let alpha = index - index % layout.rawValue + layout.rawValue - 1
          var share = strength
          if layout.hasAlpha, index != alpha {
            let part = Double(network[alpha]) * strength
            let sum = part + Double(plain[alpha]) * (1 - strength)
            share = sum > 0 ? part / sum : 1
          }
          let exact = Double(plain[index]) + Double(network[index] - plain[index]) * share
          #expect(abs(Double(sample) - exact) <= 0.52)
          #expect(abs(Double(rounded[index]) - exact / 257) <= 0.51)
        }
      }
    }
  }

  @Test("Any tile and any number of threads give the same bytes, at any factor")
  func tiles() throws {
    for kind in ["compact", "reduced"] {
      for (width, height) in [(61, 47), (19, 103), (1, 1)] {
        let picture = SelfEnsembleTests.picture(width, height, .rgba)
        for scale in [nil, 7, 1.3, 0.04] as [Double?] {
          func enlarged(_ threads: Int, _ tile: Int, _ isEnsemble: Bool) throws -> Picture {
            try Self.upscaler(
              0.4, kind: kind, threads: threads, tile: tile, usesSelfEnsemble: isEnsemble
            ).upscale(picture, scale: scale)
          }
          let whole = try enlarged(1, 4000, false)
          for (tile, threads) in [(16, 2), (37, 3)] {
            #expect(try enlarged(threads, tile, false) == whole, "\(kind) \(scale ?? 0) \(tile)")
          }
          guard kind == "compact" else { continue }
          #expect(try enlarged(2, 16, true) == enlarged(1, 4000, true))
        }
      }
    }
  }

  @Test("The plan has the memory, and without a network no work")
  func plan() throws {
    func plan(_ strength: Double, memory: Int = 1 << 30) throws -> WorkPlan {
      try Self.upscaler(strength).plan(width: 300, height: 200, layout: .rgb, memory: memory)
    }
    let (network, half, none) = (try plan(1), try plan(0.5), try plan(0))
    #expect(half.bytes > network.bytes && none.bytes < network.bytes)
    #expect(half.multiplyAdds == network.multiplyAdds)
    #expect(none.multiplyAdds == 0 && none.passes.isEmpty && none.isWhole && none.tileCount == 0)
    #expect(try plan(0.5, memory: half.bytes).isWhole)
    #expect(try !plan(0.5, memory: half.bytes - 1).isWhole)
    expectRefusal(.memory(.init(.tiles(ofChosenSize: false), needed: none.bytes, available: 1000)))
    {
      _ = try plan(0, memory: 1000)
    }
  }

  @Test("Work without a network is cancelled, too")
  func cancelled() throws {
    expectRefusal(.cancelled) {
      _ = try Self.upscaler(0).upscale(
        SelfEnsembleTests.picture(16, 16), observer: WorkObserver(isCancelled: { true }))
    }
  }
}
