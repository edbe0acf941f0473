import Foundation
import TestSupport
import Testing

@testable import Upscale

/// Pictures of many kinds. The scales of `Precision.fast` depend on the values, so the promised accuracy is
/// tested on all of them.
enum VariedPictures {
  static let names: [String] =
    ["cat", "cat's eye", "chelsea", "coffee"] + drawn.keys.sorted()

  static func picture(_ name: String) throws -> Picture {
    switch name {
    case "cat": return try cut(decode(Checkout.path("Tests/Fixtures/cat.jpg")), x: 20, y: 10)
    case "cat's eye":
      return try cut(decode(Checkout.path("Tests/Fixtures/cat.jpg")), x: 84, y: 40)
    case "chelsea": return try decode(golden("inputs/chelsea-61x47.png"))
    case "coffee": return try decode(golden("inputs/coffee-5x3.png"))
    default:
      let sample = try #require(drawn[name])
      var random = SeededRandom(seed: 7)
      var samples: [Int] = []
      for y in 0..<44 {
        for x in 0..<52 {
          for channel in 0..<3 {
            let value = sample(
              Double(x), Double(y), channel, Double.random(in: 0..<1, using: &random))
            samples.append(Int(min(max(value, 0), 255)))
          }
        }
      }
      return Picture(width: 52, height: 44, layout: .rgb, depth: .eight, samples: samples)
    }
  }

  /// Pictures with edges from dark to bright within a pixel. For these the bundled SPANs compute noise far
  /// outside the range of a picture, with any engine: a difference in the last bit becomes many levels.
  private static let hardEdges: Set = [
    "black and white noise", "checkerboard", "drawing", "letters", "noise", "one edge",
    "saturated blocks", "sparse dots", "stripes",
  ]

  /// Whether a picture is one that a model is for.
  static func serves(_ model: Model, _ name: String) -> Bool {
    if case .span = model.architecture { !hardEdges.contains(name) } else { true }
  }

  /// From a place, a channel and a random number below 1 to a sample.
  typealias Sample = @Sendable (Double, Double, Int, Double) -> Double

  static let drawn: [String: Sample] = [
    "black": { _, _, _, _ in 0 },
    "white": { _, _, _, _ in 255 },
    "gray": { _, _, _, _ in 128 },
    "flat colour": { _, _, channel, _ in [200, 30, 90][channel] },
    "dark noise": { _, _, _, random in random * 9 },
    "bright noise": { _, _, _, random in 246 + random * 10 },
    "noise": { _, _, _, random in random * 256 },
    "black and white noise": { _, _, _, random in random < 0.5 ? 0 : 255 },
    "sparse dots": { x, y, _, _ in
      Int(x) % 13 == 5 && Int(y) % 11 == 3 ? 255 : 0
    },
    "checkerboard": { x, y, _, _ in (Int(x) + Int(y)) % 2 == 0 ? 0 : 255 },
    "stripes": { x, _, _, _ in Int(x) / 3 % 2 == 0 ? 20 : 235 },
    "horizontal ramp": { x, _, _, _ in x * 5 },
    "vertical ramp": { _, y, channel, _ in channel == 1 ? 255 - y * 5.8 : y * 5.8 },
    "fine ramp": { x, y, _, _ in 100 + (x + y) / 8 },
    "saturated blocks": { x, y, channel, _ in
      (Int(x) / 12 + 2 * (Int(y) / 10)) >> channel & 1 == 0 ? 0 : 255
    },
    "letters": { x, y, _, _ in
      let (column, row) = (Int(x) % 7, Int(y) % 9)
      let seed = Int(x) / 7 * 31 + Int(y) / 9 * 17
      return column < 5 && row < 7 && (seed >> ((column + 2 * row) % 7)) & 1 == 0 ? 0 : 255
    },
    "drawing": { x, y, channel, _ in
      let distance = ((x - 26) * (x - 26) + (y - 22) * (y - 22)).squareRoot()
      return abs(distance - 15) < 1 ? 0 : distance < 15 ? [255, 200, 60][channel] : 240
    },
    "rings": { x, y, _, _ in 127.5 + 127.5 * sin((x * x + y * y) / 90) },
    "waves with noise": { x, y, channel, random in
      128 + 90 * sin(x * 0.2 + Double(channel)) * cos(y * 0.15) + 20 * (random - 0.5)
    },
    "one edge": { x, y, _, _ in x + 0.3 * y < 30 ? 5 : 250 },
  ]

  private static func cut(_ picture: Picture, x: Int, y: Int) throws -> Picture {
    var samples: [Int] = []
    for row in y..<y + 44 { for column in x..<x + 52 { samples += picture.pixel(column, row) } }
    return Picture(
      width: 52, height: 44, layout: picture.layout, depth: picture.depth, samples: samples)
  }
}

@Suite("Fast is nearly exact", .enabled(if: CPULevel.highest.isFastWithIntegers))
struct FastPrecisionTests {
  @Test(
    "70 dB and one level on every kind of picture",
    .disabled(if: Sanitizer.isOn, "numbers, which a sanitizer has nothing to say of"),
    arguments: bundledModels)
  func varied(model: String) throws {
    let model = try bundledModel(model)
    let levels = CPULevel.allCases.filter { $0 <= .highest && $0.isFastWithIntegers }
    let exact = try Upscaler(model: model, level: .highest, precision: .exact)
    let fast = try levels.map { try Upscaler(model: model, level: $0, precision: .fast) }
    try #require(VariedPictures.names.count >= 20)
    for name in VariedPictures.names where VariedPictures.serves(model, name) {
      let picture = try VariedPictures.picture(name)
      let reference = try exact.upscale(picture, depth: .sixteen)
      for upscaler in fast {
        let result = try upscaler.upscale(picture, depth: .sixteen)
        let fine = PictureDifference(result, reference)
        let coarse = PictureDifference(
          result.converted(to: .eight), reference.converted(to: .eight))
        if let path = ProcessInfo.processInfo.environment["UPSCALE_PRINT_PSNR"], !path.isEmpty {
          print(
            "| \(model.name) | \(upscaler.cpuLevel.name) | \(name) | \(fine.psnr) | "
              + "\(coarse.differingShare) | \(coarse.maximum) |")
        }
        #expect(fine.psnr >= 70, "\(name), \(upscaler.cpuLevel.name)")
        #expect(coarse.maximum <= 1, "\(name), \(upscaler.cpuLevel.name)")
      }
    }
  }

  @Test(
    "It is not the exact result under another name",
    .disabled(if: Sanitizer.isOn, Sanitizer.costsTooMuch))
  func differs() throws {
    let model = try bundledModel("realesr-animevideov3")
    let picture = try VariedPictures.picture("cat")
    let exact = try Upscaler(model: model, level: .highest, precision: .exact)
    let fast = try Upscaler(model: model, level: .highest, precision: .fast)
    #expect(fast.precision == .fast)
    let results = try [exact, fast].map { try $0.upscale(picture, depth: .sixteen) }
    #expect(!results[0].bytes.elementsEqual(results[1].bytes))
  }

  @Test(
    "The same bytes for any thread count",
    .disabled(if: Sanitizer.isOn, Sanitizer.costsTooMuch), arguments: bundledModels)
  func threads(model: String) throws {
    let picture = Picture.waves(width: 70, height: 90)
    let results = try [1, 2, 3].map { threads in
      try Upscaler(
        model: bundledModel(model), level: .highest, precision: .fast, threads: threads
      ).upscale(picture)
    }
    #expect(results[1].bytes.elementsEqual(results[0].bytes))
    #expect(results[2].bytes.elementsEqual(results[0].bytes))
  }

  @Test(
    "The same bytes for any tile size, for networks that promise it",
    .disabled(if: Sanitizer.isOn, Sanitizer.costsTooMuch))
  func tiles() throws {
    let picture = Picture.waves(width: 210, height: 50)
    let results = try [nil, 32, 77].map { tile in
      try Upscaler(
        model: bundledModel("realesr-animevideov3"), level: .highest, precision: .fast,
        tileSize: tile
      ).upscale(picture)
    }
    #expect(results[1].bytes.elementsEqual(results[0].bytes))
    #expect(results[2].bytes.elementsEqual(results[0].bytes))
  }

  @Test(
    "Networks of other shapes",
    arguments: ["rrdb-x4-nf32", "rrdb-x4-odd", "rrdb-x2-unshuffle", "srvgg-x3-odd"])
  func otherShapes(name: String) throws {
    let model = try Model.load(path: golden("tiny/\(name).safetensors"))
    let picture = Picture.waves(width: 37, height: 22)
    let results = try [Precision.exact, .fast].map {
      try Upscaler(model: model, level: .highest, precision: $0).upscale(picture, depth: .sixteen)
    }
    let difference = PictureDifference(results[1], results[0])
    #expect(difference.psnr >= 70)
  }
}

@Suite struct PrecisionOfBaselineTests {
  @Test("Without the instructions, fast is exact")
  func baseline() throws {
    let upscaler = try Upscaler(
      model: bundledModel("realesr-animevideov3"), level: .baseline, precision: .fast)
    #expect(upscaler.precision == .exact)
  }
}
