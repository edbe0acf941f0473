import TestSupport
import Testing

@testable import Upscale

@Suite("Tiles")
struct TilePlanTests {
  @Test(
    "Cores cover the picture once, halos stay inside it",
    arguments: [(1, 1), (5, 300), (64, 64), (333, 127)], [1, 7, 64, 1000])
  func covers(size: (Int, Int), core: Int) {
    for alignment in [1, 2, 4] {
      let plan = TilePlan(
        width: size.0, height: size.1, core: core, halo: 10, unshuffle: alignment)
      #expect(plan.width >= size.0 && plan.width < size.0 + alignment)
      var covered = [Int](repeating: 0, count: plan.width * plan.height)
      for tile in plan.tiles {
        for y in tile.core.rows {
          for x in tile.core.columns { covered[y * plan.width + x] += 1 }
        }
        #expect(tile.padded.x >= 0 && tile.padded.columns.upperBound <= plan.width)
        #expect(tile.padded.y >= 0 && tile.padded.rows.upperBound <= plan.height)
        #expect(tile.padded.width % alignment == 0 && tile.padded.height % alignment == 0)
        #expect(tile.core.x - tile.padded.x >= min(10, tile.core.x))
        #expect(tile.core.width <= max(core, 4 * alignment))
        #expect(tile.padded.x % (4 * alignment) == 0 && tile.padded.y % (4 * alignment) == 0)
      }
      #expect(covered.allSatisfy { $0 == 1 })
    }
  }

  @Test(
    "A picture within the limit is one tile", arguments: [(131, 97), (64, 150), (5, 3), (1, 1)])
  func whole(size: (Int, Int)) {
    for unshuffle in [1, 2, 4] {
      let plan = TilePlan(
        width: size.0, height: size.1, core: max(size.0, size.1), halo: 64,
        unshuffle: unshuffle)
      #expect(plan.tiles.count == 1)
      #expect(plan.tiles.first?.padded == plan.tiles.first?.core)
    }
  }

  @Test("A small memory gives small tiles, none a refusal")
  func fitting() throws {
    let upscaler = try Upscaler(model: bundledModel("realesrgan-x4plus"), threads: 2)
    func plan(_ memory: Int) throws -> WorkPlan {
      try upscaler.plan(width: 800, height: 600, layout: .rgb, memory: memory)
    }
    #expect(try plan(8 << 30).isWhole)
    #expect(try plan(8 << 30).recomputedShare == 0)
    var shares: [Double] = []
    for memory in [1000, 600, 300, 200].map({ $0 << 20 }) {
      let plan = try plan(memory)
      #expect(plan.bytes <= memory)
      shares.append(plan.recomputedShare)
    }
    #expect(shares == shares.sorted() && shares[3] > shares[0])
    #expect(throws: UpscaleError.self) { try plan(10 << 20) }
  }

  @Test("Of the grids that fit, the one that computes least is taken")
  func best() throws {
    // With room for 40,000 pixels, strips of the full width would be all halo.
    let plan = try #require(
      TilePlan.fitting(width: 600, height: 600, halo: 64, unshuffle: 1) {
        $0.largest.width * $0.largest.height <= 40_000
      })
    var least = Int.max
    for columns in 1...37 {
      for rows in 1...37 {
        let other = TilePlan(
          width: 600, height: 600, columns: columns, rows: rows, halo: 64)
        if other.largest.width * other.largest.height <= 40_000 {
          least = min(least, other.computedArea)
        }
      }
    }
    #expect(plan.computedArea == least)
    #expect(
      TilePlan.fitting(width: 600, height: 600, halo: 64, unshuffle: 1) { _ in false } == nil)
  }
}

@Suite("Tiled pictures")
struct TiledPictureTests {
  private static func enlarge(
    _ picture: Picture, model: String, threads: Int = 2, tile: Int? = nil
  ) throws -> Picture {
    try Upscaler(model: bundledModel(model), threads: threads, tileSize: tile).upscale(picture)
  }

  @Test(
    "The compact network gives the same bytes for any tile and any number of threads",
    .disabled(if: Sanitizer.isOn, Sanitizer.costsTooMuch))
  func compact() throws {
    let picture = Picture.waves(width: 143, height: 131, noise: 0.1)
    let whole = try Self.enlarge(picture, model: "realesr-animevideov3", tile: 1000)
    for (tile, threads) in [(1000, 1), (1000, 3), (64, 1), (64, 3), (37, 2), (20, 3)] {
      let cut = try Self.enlarge(
        picture, model: "realesr-animevideov3", threads: threads, tile: tile)
      #expect(cut.bytes.elementsEqual(whole.bytes), "tiles of \(tile), \(threads) threads")
    }
  }

  @Test(
    "RRDBNet gives the same bytes for any number of threads",
    .disabled(if: Sanitizer.isOn, Sanitizer.costsTooMuch), arguments: [2, 3])
  func threads(count: Int) throws {
    let picture = Picture.waves(width: 45, height: 51, noise: 0.1)
    let one = try Self.enlarge(picture, model: "realesrgan-x4plus-anime", threads: 1)
    let several = try Self.enlarge(picture, model: "realesrgan-x4plus-anime", threads: count)
    #expect(several.bytes.elementsEqual(one.bytes))
  }

  @Test(
    "RRDBNet in tiles is within one level of the untiled picture",
    .disabled(if: Sanitizer.isOn, Sanitizer.costsTooMuch))
  func halo() throws {
    let photo = try decode(Checkout.path("Tests/Fixtures/cat.jpg"))
      .resized(width: 320, height: 64)
    let whole = try Self.enlarge(photo, model: "realesrgan-x4plus", tile: 1000)
    let cut = try Self.enlarge(photo, model: "realesrgan-x4plus", tile: 80)
    let difference = PictureDifference(cut, whole)
    #expect(difference.maximum <= 1)
    #expect(!cut.bytes.elementsEqual(whole.bytes), "the tiles must really have been cut")
  }

  @Test("An unshuffling network tiles on its grid")
  func unshuffle() throws {
    let model = try Model.load(path: golden("tiny/rrdb-x2-unshuffle.safetensors"))
    let picture = Picture.waves(width: 91, height: 77)
    let whole = try Upscaler(model: model, threads: 2, tileSize: 1000).upscale(picture)
    let cut = try Upscaler(model: model, threads: 2, tileSize: 24).upscale(picture)
    #expect(whole.width == 182 && whole.height == 154)
    #expect(PictureDifference(cut, whole).maximum <= 1)
  }
}

@Suite("The front door")
struct UpscalerTests {
  @Test("Gray stays gray and alpha goes along", arguments: Picture.Layout.allCases)
  func layouts(layout: Picture.Layout) throws {
    let picture = Picture.waves(width: 13, height: 9, layout: layout)
    let upscaler = try Upscaler(model: bundledModel("realesr-animevideov3"))
    let result = try upscaler.upscale(picture)
    #expect(result.layout == layout && result.width == 52 && result.height == 36)
    if layout.hasAlpha {
      // A fully opaque picture has no alpha to enlarge.
      var opaque = picture
      let channels = layout.rawValue
      for index in stride(from: channels - 1, to: opaque.bytes.count, by: channels) {
        opaque.bytes[index] = 255
      }
      let result = try upscaler.upscale(opaque)
      #expect(!result.layout.hasAlpha && result.layout.isGray == layout.isGray)
    }
  }

  @Test("Any factor, within what a resampled picture may differ", arguments: [0.5, 1, 2, 3.3, 7])
  func factors(scale: Double) throws {
    let picture = Picture.waves(width: 20, height: 14)
    let upscaler = try Upscaler(model: bundledModel("realesr-animevideov3"))
    let size = upscaler.outputSize(width: 20, height: 14, scale: scale)
    let result = try upscaler.upscale(picture, scale: scale)
    #expect(result.width == size.width && result.height == size.height)
    #expect(result.width == Int((20 * scale).rounded()))
    let plain = picture.resized(width: size.width, height: size.height)
    #expect(PictureDifference(result, plain).psnr > 20)
  }

  @Test("Progress rises to the end, and a cancelled picture stops at once")
  func progress() throws {
    let upscaler = try Upscaler(model: Model.load(path: golden("tiny/rrdb-x4-nf32.safetensors")))
    let picture = Picture.waves(width: 24, height: 24)
    var seen: [Double] = []
    _ = try upscaler.upscale(picture, observer: WorkObserver { seen.append($0) })
    #expect(seen == seen.sorted() && seen.count > 3, "\(seen)")
    #expect(abs((seen.last ?? 0) - 1) < 1e-6)
    var asked = 0
    #expect {
      _ = try upscaler.upscale(
        picture,
        observer: WorkObserver(isCancelled: {
          asked += 1
          return asked == 3
        }))
    } throws: {
      ($0 as? UpscaleError)?.cause == .cancelled
    }
    #expect(asked == 3)
  }

  @Test("A picture of 16 bits goes in whole")
  func sixteenBits() throws {
    let upscaler = try Upscaler(model: bundledModel("realesr-animevideov3"))
    let eight = Picture.waves(width: 16, height: 12)
    let wide = eight.converted(to: .sixteen)
    let difference = PictureDifference(
      try upscaler.upscale(wide, depth: .sixteen), try upscaler.upscale(eight, depth: .sixteen))
    #expect(difference.maximum <= 1)
  }
}
