import TestSupport
import Testing

@testable import Upscale

func golden(_ path: String) -> String { Checkout.path("Tests/Golden/" + path) }

func decode(_ path: String) throws -> Picture {
  try PictureDecoder.decode(readBytes(path)).picture
}

func bundledModel(_ name: String) throws -> Model {
  try ModelCatalog(directory: Checkout.path("weights")).load(name)
}

let bundledModels = [
  "realesrgan-x4plus", "realesrgan-x4plus-anime", "realesr-animevideov3", "span-x4", "span-x2",
]
/// Levels that this machine runs. What a sanitizer looks for is the same at each.
let levels = Sanitizer.isOn ? [.highest] : CPULevel.allCases.filter { $0 <= .highest }

@Suite("Networks equal PyTorch in float64")
struct NetworkGoldenTests {
  /// What the README promises of the exact precision.
  static func expectExact(
    _ result: Picture, _ reference: Picture, sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let fine = PictureDifference(result, reference)
    #expect(fine.psnr >= 100, sourceLocation: sourceLocation)
    let coarse = PictureDifference(
      result.converted(to: .eight), reference.converted(to: .eight))
    #expect(coarse.maximum <= 1, sourceLocation: sourceLocation)
    // One sample of a tiny picture is more than 0.1 %: allow one.
    let samples = Double(result.samples.count)
    #expect(coarse.differingShare <= max(0.001, 1 / samples), sourceLocation: sourceLocation)
  }

  @Test(
    .disabled(if: Sanitizer.isOn, Sanitizer.costsTooMuch),
    arguments: bundledModels,
    ["chelsea-1x1", "coffee-2x7", "coffee-5x3", "chelsea-24x24", "chelsea-61x47"])
  func bundled(model: String, picture: String) throws {
    let upscaler = try Upscaler(model: bundledModel(model), level: .highest)
    let result = try upscaler.upscale(decode(golden("inputs/\(picture).png")), depth: .sixteen)
    Self.expectExact(result, try decode(golden("\(model)/\(picture).png")))
  }

  @Test(
    "Levels below the highest", arguments: levels.filter { $0 < .highest }, bundledModels)
  func lowerLevels(level: CPULevel, model: String) throws {
    let upscaler = try Upscaler(model: bundledModel(model), level: level)
    // Without vector instructions to speak of, the large networks would take minutes here. The
    // dense block and the networks of other shapes are computed at larger sizes at every level.
    let isSlow =
      level == .baseline && upscaler.network.multiplyAdds(width: 1, height: 1) > 2_000_000
    let picture = isSlow ? "coffee-5x3" : "chelsea-24x24"
    let result = try upscaler.upscale(decode(golden("inputs/\(picture).png")), depth: .sixteen)
    Self.expectExact(result, try decode(golden("\(model)/\(picture).png")))
  }

  @Test(
    "Networks of other shapes, before clamping",
    arguments: [
      "rrdb-x1-unshuffle", "rrdb-x2-plain", "rrdb-x2-unshuffle", "rrdb-x4-nf32", "rrdb-x4-odd",
      "rrdb-x8", "srvgg-x2", "srvgg-x3-odd",
    ], levels)
  func otherShapes(name: String, level: CPULevel) throws {
    let model = try Model.load(path: golden("tiny/\(name).safetensors"))
    let upscaler = try Upscaler(model: model, level: level, threads: 2)
    let tensors = try SafeTensors(
      file: WeightFile(path: golden("tiny/\(name).golden.safetensors"))
    ).tensors
    let count = tensors.keys.count { $0.hasPrefix("input.") }
    #expect(count > 0)
    for index in 0..<count {
      let input = try #require(tensors["input.\(index)"])
      let output = try #require(tensors["output.\(index)"])
      let (height, width) = (input.shape[1], input.shape[2])
      let computed = try floats(
        upscaler, picture: picture(input.floats(), width: width, height: height))
      let reference = try output.floats()
      try #require(computed.count == reference.count)
      let largest = reference.map(abs).max() ?? 0
      let error = zip(computed, reference).map { abs($0 - $1) }.max() ?? .infinity
      #expect(error <= 2e-6 * largest, "\(width)x\(height): \(error) of \(largest)")
    }
  }

  /// Samples 0…255 as `[channel][y][x]` made a picture.
  private func picture(_ values: [Float], width: Int, height: Int) -> Picture {
    var samples: [Int] = []
    for pixel in 0..<width * height {
      for channel in 0..<3 { samples.append(Int(values[channel * width * height + pixel])) }
    }
    return Picture(width: width, height: height, layout: .rgb, depth: .eight, samples: samples)
  }

  /// The network's output as `[channel][y][x]`, not clamped, cut to the picture.
  private func floats(_ upscaler: Upscaler, picture: Picture) throws -> [Float] {
    let plan = TilePlan(
      width: picture.width, height: picture.height, core: 1000, halo: 0,
      unshuffle: upscaler.network.unshuffle)
    let tile = try #require(plan.tiles.first)
    let scale = upscaler.scale
    let (width, height) = (picture.width * scale, picture.height * scale)
    let workspace = try upscaler.network.makeWorkspace(
      width: tile.padded.width, height: tile.padded.height, engine: upscaler.engine)
    workspace.prepare(width: tile.padded.width, height: tile.padded.height)
    picture.bytes.withUnsafeBytes { bytes in
      let rows = PictureRows(
        format: RowFormat(
          width: picture.width, height: picture.height, layout: picture.layout,
          depth: picture.depth), rows: 0..<picture.height, bytes: bytes)
      TileInput(picture: rows, unshuffle: upscaler.network.unshuffle, engine: upscaler.engine)
        .fill(workspace.input, from: tile.padded)
    }
    let result = try AlignedBuffer(count: 3 * width * height)
    try workspace.run(
      rows: 0..<tile.padded.height * scale, on: upscaler.engine,
      monitor: WorkMonitor(total: 1)
    ) { row, columns, samples in
      guard row < height else { return }
      for x in columns where x < width {
        for channel in 0..<3 {
          result.pointer[(channel * height + row) * width + x] =
            samples[(x - columns.lowerBound) * 3 + channel]
        }
      }
    }
    return (0..<3 * width * height).map { result.pointer[$0] }
  }

  @Test("Inside one dense block, layer by layer", arguments: levels)
  func denseBlock(level: CPULevel) throws {
    let model = try bundledModel("realesrgan-x4plus")
    let tensors = try SafeTensors(
      file: WeightFile(path: golden("dense-block.safetensors"))
    ).tensors
    let engine = Engine(level: level, threads: 2)
    func map(_ name: String) throws -> FeatureMap {
      let tensor = try #require(tensors[name])
      let map = try FeatureMap(
        channels: tensor.shape[0], width: tensor.shape[2], height: tensor.shape[1])
      for (index, value) in try tensor.floats().enumerated() {
        let (channel, pixel) = index.quotientAndRemainder(dividingBy: map.width * map.height)
        let (y, x) = pixel.quotientAndRemainder(dividingBy: map.width)
        map.plane(channel / 16)[map.offset(row: y) + x * 16 + channel % 16] = value
      }
      return map
    }
    func expectEqual(_ computed: FeatureMap, _ name: String) throws {
      let reference = try map(name)
      var error: Float = 0
      var largest: Float = 0
      for channel in 0..<computed.channels {
        for y in 0..<computed.height {
          for x in 0..<computed.width {
            let at = computed.offset(row: y) + x * 16 + channel % 16
            let value = reference.plane(channel / 16)[at]
            error = max(error, abs(computed.plane(channel / 16)[at] - value))
            largest = max(largest, abs(value))
          }
        }
      }
      #expect(error <= 3e-6 * largest, "\(name): \(error) of \(largest)")
    }

    let input = try map("input")
    var maps = [input]
    var convolutions: [Convolution] = []
    for layer in 1...5 {
      let name = "body.0.rdb1.conv\(layer)"
      let bias = try model.floats("\(name).bias")
      let convolution = try model.floats("\(name).weight").withUnsafeBufferPointer {
        try Convolution(
          weight: $0, bias: bias, activation: layer < 5 ? .leakyReLU(0.2) : .none,
          segments: maps.map(\.channels))
      }
      convolutions.append(convolution)
      let output = try FeatureMap(
        channels: convolution.outputChannels, width: input.width, height: input.height)
      convolution.run(
        maps, into: output, residual: layer < 5 ? nil : .init(scale: 0.2, skip: input),
        on: engine)
      try expectEqual(output, layer < 5 ? "x\(layer)" : "output")
      maps.append(output)
    }

    let wavefront = try Wavefront(
      .init(inputChannels: 64, layers: [32, 32, 32, 32, 64], isDense: true),
      columns: (input.width + 3) / 4, panel: 64, bands: 2)
    let weights = try TransformedWeights(like: convolutions)
    weights.load(convolutions, on: engine)
    let output = try FeatureMap(channels: 64, width: input.width, height: input.height)
    wavefront.run(
      [
        .init(
          convolutions: convolutions, weights: weights.pointers, input: input,
          target: .map(output, residual: .init(scale: 0.2, skip: input)))
      ], height: input.height, rows: input.rows, on: engine)
    try expectEqual(output, "output")
  }
}
