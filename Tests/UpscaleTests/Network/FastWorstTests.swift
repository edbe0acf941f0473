import TestSupport
import Testing

@testable import Upscale

/// Pictures that a search (`fast-search`) found to be the worst of their kind for `Precision.fast`:
/// where values repeat every two or four pixels, the rounding errors of neighbouring tiles are equal.
@Suite("Fast at its worst", .enabled(if: CPULevel.highest.isFastWithIntegers))
struct FastWorstTests {
  /// From a place to one of two colours, or the first of one.
  private typealias Pattern = (name: String, colours: [[Int]], index: @Sendable (Int, Int) -> Bool)

  private static let blackAndWhite = [[0, 0, 0], [255, 255, 255]]

  private static let patterns: [Pattern] = [
    ("dither of period 11", blackAndWhite, { x, y in (7 * y + x * x) % 11 > 5 }),
    ("dither of period 4", blackAndWhite, { x, y in (y + 3 * y * y + 3 * x + 3 * x * x) % 4 > 1 }),
    (
      "coloured dither of period 4", [[141, 100, 194], [55, 92, 86]],
      { x, y in (2 * y * y + 3 * x + 3 * x * x) % 4 > 2 }
    ),
    ("checkers of 4x2", blackAndWhite, { x, y in (x / 4 + y / 2) % 2 == 1 }),
    ("checkers of 2x4", [[0, 0, 255], [255, 255, 0]], { x, y in (x / 2 + y / 4) % 2 == 1 }),
    ("diagonal stripes", blackAndWhite, { x, y in (x + y) % 4 < 2 }),
    ("one colour", [[74, 42, 193]], { _, _ in false }),
  ]

  private static func picture(_ pattern: Pattern) -> Picture {
    let (width, height) = (52, 44)
    let samples = (0..<width * height).flatMap {
      pattern.colours[pattern.index($0 % width, $0 / width) ? 1 : 0]
    }
    return Picture(width: width, height: height, layout: .rgb, depth: .eight, samples: samples)
  }

  @Test(
    "No worse than README says of the worst",
    .disabled(if: Sanitizer.isOn, "numbers, which a sanitizer has nothing to say of"),
    // The SPANs make noise of such pictures, in whatever precision.
    arguments: zip(
      ["realesr-animevideov3", "realesrgan-x4plus", "realesrgan-x4plus-anime"],
      [(62.0, 2), (56, 8), (50, 16)]))
  func worst(model name: String, bound: (psnr: Double, levels: Int)) throws {
    let model = try bundledModel(name)
    let levels = CPULevel.allCases.filter { $0 <= .highest && $0.isFastWithIntegers }
    let exact = try Upscaler(model: model, level: .highest, precision: .exact)
    let fast = try levels.map { try Upscaler(model: model, level: $0, precision: .fast) }
    for pattern in Self.patterns {
      let picture = Self.picture(pattern)
      let reference = try exact.upscale(picture, depth: .sixteen)
      for upscaler in fast {
        let result = try upscaler.upscale(picture, depth: .sixteen)
        let fine = PictureDifference(result, reference)
        let coarse = PictureDifference(
          result.converted(to: .eight), reference.converted(to: .eight))
        #expect(fine.psnr >= bound.psnr, "\(pattern.name), \(upscaler.cpuLevel.name)")
        #expect(coarse.maximum <= bound.levels, "\(pattern.name), \(upscaler.cpuLevel.name)")
      }
    }
  }
}
