import TestSupport
import Testing

@testable import Upscale

@Suite("Transparency")
struct TransparencyTests {
  private static func upscaler(
    _ model: String = "realesr-animevideov3", threads: Int = 2, tile: Int? = nil, tta: Bool = false,
    strength: Double = 1
  ) throws -> Upscaler {
    try Upscaler(
      model: bundledModel(model), threads: threads, tileSize: tile, usesSelfEnsemble: tta,
      strength: strength)
  }

  /// A disc of a colour on transparent pixels of another one; its edge over half a pixel or so.
  static func disc(
    _ layout: Picture.Layout = .rgba, _ depth: Picture.Depth = .eight, seen: [Int], hidden: [Int],
    isHard: Bool = false
  ) -> Picture {
    let (side, peak) = (48, depth.maximum)
    let samples = (0..<side * side).flatMap { index -> [Int] in
      let (x, y) = (Double(index % side) - 23.5, Double(index / side) - 20.3)
      let distance = (x * x + y * y).squareRoot()
      let share = isHard ? (distance < 15 ? 1 : 0) : min(max(15.5 - distance, 0), 1)
      let alpha = Int((share * Double(peak)).rounded())
      return (alpha > 0 ? seen : hidden) + [alpha]
    }
    return Picture(width: side, height: side, layout: layout, depth: depth, samples: samples)
  }

  private func alpha(_ picture: Picture) -> [Int] {
    let channels = picture.layout.rawValue
    return stride(from: channels - 1, to: picture.samples.count, by: channels).map {
      picture.samples[$0]
    }
  }

  @Test(
    "Opaque pictures give the bytes of those without alpha", arguments: Picture.Depth.allCases)
  func opaque(depth: Picture.Depth) throws {
    let upscaler = try Self.upscaler()
    for (layout, plain) in [(Picture.Layout.rgba, Picture.Layout.rgb), (.grayAlpha, .gray)] {
      let picture = Picture.waves(width: 33, height: 21, layout: plain, depth: depth)
      let colors = picture.samples
      let count = plain.rawValue
      let samples = stride(from: 0, to: colors.count, by: count).flatMap {
        Array(colors[$0..<$0 + count]) + [depth.maximum]
      }
      let opaque = Picture(width: 33, height: 21, layout: layout, depth: depth, samples: samples)
      for scale in [nil, 2.5] {
        #expect(
          try upscaler.upscale(opaque, scale: scale, depth: depth)
            == upscaler.upscale(picture, scale: scale, depth: depth))
      }
    }
  }

  @Test("Alpha that is the same everywhere stays so, and costs nothing")
  func constant() throws {
    let upscaler = try Self.upscaler()
    let picture = Picture.waves(width: 33, height: 21)
    let colors = picture.samples
    func with(alpha: Int) -> Picture {
      let samples = stride(from: 0, to: colors.count, by: 3).flatMap {
        Array(colors[$0..<$0 + 3]) + [alpha]
      }
      return Picture(width: 33, height: 21, layout: .rgba, depth: .eight, samples: samples)
    }
    let plain = try upscaler.upscale(picture)
    let result = try upscaler.upscale(with(alpha: 100))
    #expect(result.layout == .rgba && alpha(result).allSatisfy { $0 == 100 })
    for index in 0..<plain.width * plain.height {
      #expect(
        Array(result.bytes[index * 4..<index * 4 + 3])
          == Array(plain.bytes[index * 3..<index * 3 + 3]))
    }
    #expect(
      try alpha(upscaler.upscale(with(alpha: 100), depth: .sixteen)).allSatisfy { $0 == 25700 })
    // Of a picture that is not seen at all, no colour is told.
    let other = Picture.noise(width: 33, height: 21, layout: .rgba).samples.enumerated().map {
      $0.offset % 4 == 3 ? 0 : $0.element
    }
    #expect(
      try upscaler.upscale(with(alpha: 0))
        == upscaler.upscale(
          Picture(width: 33, height: 21, layout: .rgba, depth: .eight, samples: other)))
  }

  @Test("White over hidden black is white", arguments: [true, false])
  func outline(isHard: Bool) throws {
    let picture = Self.disc(seen: [255, 255, 255], hidden: [0, 0, 0], isHard: isHard)
    for model in ["realesr-animevideov3", "realesrgan-x4plus-anime"] {
      let result = try Self.upscaler(model).upscale(picture)
      // The anime network makes 253 of plain white in places.
      for index in stride(from: 0, to: result.bytes.count, by: 4) {
        #expect(result.bytes[index..<index + 3].allSatisfy { $0 >= 253 })
      }
    }
  }

  @Test(
    "Hidden colour never reaches the result",
    arguments: AlphaTreatment.allCases.filter { $0 != .drop },
    [(1.0, nil), (0.5, nil), (1.0, 3.0), (0, 2.5)] as [(Double, Double?)])
  func hidden(treatment: AlphaTreatment, mixing: (Double, Double?)) throws {
    let upscaler = try Self.upscaler(strength: mixing.0)
    let results = try [[0, 0, 0], [255, 255, 255], [0, 255, 3]].map {
      try upscaler.upscale(
        Self.disc(seen: [200, 30, 90], hidden: $0), scale: mixing.1, alpha: treatment)
    }
    #expect(results[1] == results[0] && results[2] == results[0])
    #expect(results[0].layout == .rgba)
    // Laid on the disc's own colour nothing is seen of its edge.
    for index in stride(from: 0, to: results[0].bytes.count, by: 4) {
      let share = Double(results[0].bytes[index + 3]) / 255
      for (sample, seen) in zip(results[0].bytes[index...], [200.0, 30, 90]) {
        #expect(abs((Double(sample) - seen) * share) < 12)
      }
    }
  }

  @Test(
    "The same bytes for any tile and number of threads",
    .disabled(if: Sanitizer.isOn, Sanitizer.costsTooMuch),
    arguments: [AlphaTreatment.network, .resample], [false, true])
  func tiles(treatment: AlphaTreatment, tta: Bool) throws {
    let waves = Picture.waves(width: 67, height: 53, layout: .rgba, noise: 0.1)
    // Opaque, transparent and in between.
    let samples = waves.samples.enumerated().map {
      $0.offset % 4 == 3 ? min(max($0.element * 3 - 255, 0), 255) : $0.element
    }
    let picture = Picture(width: 67, height: 53, layout: .rgba, depth: .eight, samples: samples)
    let whole = try Self.upscaler(tile: 1000, tta: tta).upscale(picture, alpha: treatment)
    for (tile, threads) in [(1000, 1), (16, 2), (37, 3)] {
      let cut = try Self.upscaler(threads: threads, tile: tile, tta: tta)
        .upscale(picture, alpha: treatment)
      #expect(cut == whole, "tiles of \(tile), \(threads) threads")
    }
  }

  @Test(
    "Where alpha is one value around, it is exact", arguments: [AlphaTreatment.network, .resample])
  func exact(treatment: AlphaTreatment) throws {
    let picture = Self.disc(seen: [9, 99, 199], hidden: [0, 0, 0])
    let result = try Self.upscaler().upscale(picture, alpha: treatment)
    for y in 0..<result.height {
      for x in 0..<result.width {
        let (column, row) = (x / 4, y / 4)
        let around = (max(0, row - 1)...min(47, row + 1)).flatMap { y in
          (max(0, column - 1)...min(47, column + 1)).map { x in picture.pixel(x, y)[3] }
        }
        #expect(result.pixel(x, y)[3] >= around.min() ?? 0)
        #expect(result.pixel(x, y)[3] <= around.max() ?? 255)
      }
    }
  }

  @Test("Hard masks go through the network, soft ones are resampled, and SPAN's always")
  func automatic() throws {
    let hard = Self.disc(seen: [9, 99, 199], hidden: [0, 0, 0])
    var soft = hard
    for index in stride(from: 3, to: soft.bytes.count, by: 4) {
      soft.bytes[index] = UInt8(index / 4 % 48 * 4)
    }
    let upscaler = try Self.upscaler()
    #expect(try upscaler.upscale(hard) == upscaler.upscale(hard, alpha: .network))
    #expect(try upscaler.upscale(hard) != upscaler.upscale(hard, alpha: .resample))
    #expect(try upscaler.upscale(soft) == upscaler.upscale(soft, alpha: .resample))
    #expect(try upscaler.upscale(soft) != upscaler.upscale(soft, alpha: .network))
    let span = try Self.upscaler("span-x2")
    #expect(try span.upscale(hard) == span.upscale(hard, alpha: .resample))
  }

  @Test("Dropped alpha leaves the colours as they are stored")
  func drop() throws {
    let picture = Self.disc(seen: [9, 99, 199], hidden: [255, 0, 255])
    let stored = Picture(
      width: 48, height: 48, layout: .rgb, depth: .eight,
      samples: picture.samples.enumerated().filter { $0.offset % 4 != 3 }.map(\.element))
    let upscaler = try Self.upscaler()
    #expect(try upscaler.upscale(picture, alpha: .drop) == upscaler.upscale(stored))
  }

  @Test("Gray that is stored in colours gains no tint", arguments: Picture.Depth.allCases)
  func gray(depth: Picture.Depth) throws {
    let upscaler = try Self.upscaler()
    let gray = Picture.waves(width: 40, height: 30, layout: .gray, depth: depth, noise: 0.2)
    let colors = Picture(
      width: 40, height: 30, layout: .rgb, depth: depth,
      samples: gray.samples.flatMap { [$0, $0, $0] })
    for scale in [nil, 2.0] {
      let result = try upscaler.upscale(colors, scale: scale, depth: depth)
      #expect(result.layout == .rgb)
      let one = try upscaler.upscale(gray, scale: scale, depth: depth)
      #expect(result.samples == one.samples.flatMap { [$0, $0, $0] })
    }
    // With alpha, what is hidden may have any colour.
    let disc = Self.disc(
      .rgba, depth, seen: [50, 50, 50], hidden: [depth.maximum, 0, 0])
    let result = try upscaler.upscale(disc, depth: depth).samples
    for index in stride(from: 0, to: result.count, by: 4) {
      #expect(result[index] == result[index + 1] && result[index] == result[index + 2])
    }
  }

  @Test("The network's share of a half counts by alpha")
  func mixing() throws {
    let picture = Self.disc(seen: [240, 240, 200], hidden: [0, 0, 0])
    let result = try Self.upscaler(strength: 0.5).upscale(picture, depth: .sixteen).samples
    for index in stride(from: 0, to: result.count, by: 4) where result[index + 3] > 0 {
      #expect(abs(result[index] - 240 * 257) < 3000)
    }
  }
}
