import TestSupport
import Testing

@testable import Upscale

/// A chain or dense block of random convolutions with its naive twin.
struct Chain: CustomTestStringConvertible, Sendable {
  let channels: [Int]
  let isDense: Bool
  var isEnlarged = false
  let width: Int
  let height: Int

  var testDescription: String {
    "\(isDense ? "dense " : "")\(channels) at \(width)x\(height)\(isEnlarged ? " enlarged" : "")"
  }

  var layerCount: Int { channels.count - 1 }

  func inputs(ofLayer layer: Int) -> [Int] {
    isDense ? Array(channels[...layer]) : [channels[layer]]
  }

  func weight(_ layer: Int) -> [Float] {
    let inputs = inputs(ofLayer: layer).reduce(0, +)
    // Scaled so that values keep their magnitude from layer to layer.
    let scale = 1 / Float(inputs * 3).squareRoot()
    return noise(channels[layer + 1] * inputs * 9, seed: UInt64(10 + layer)).map { $0 * scale }
  }

  func bias(_ layer: Int) -> [Float] {
    noise(channels[layer + 1], seed: UInt64(100 + layer)).map { $0 * 0.1 }
  }

  var input: [Float] { noise(channels[0] * width * height, seed: 7) }

  func convolutions() throws -> [Convolution] {
    try (0..<layerCount).map { layer in
      try Convolution(
        weight: weight(layer), bias: bias(layer), activation: .leakyReLU(0.2),
        segments: inputs(ofLayer: layer))
    }
  }

  /// The last layer's output by the definition: `[channel][y][x]`.
  func reference() -> [Double] {
    var (width, height) = (width, height)
    var first = input.map(Double.init)
    if isEnlarged {
      first = naiveEnlargement(first, channels: channels[0], width: width, height: height)
      (width, height) = (2 * width, 2 * height)
    }
    var groups = [first]
    for layer in 0..<layerCount {
      let source = isDense ? Array(groups.joined()) : groups[layer]
      groups.append(
        naiveConvolution(
          source, channels: inputs(ofLayer: layer).reduce(0, +), width: width, height: height,
          weight: weight(layer), bias: bias(layer)
        ).map { $0 < 0 ? 0.2 * $0 : $0 })
    }
    return groups[layerCount]
  }

  /// The same, with the last layer computed directly: `[channel][y][x]`.
  func computedNarrow(level: CPULevel, threads: Int, panel: Int) throws -> [Float] {
    let engine = Engine(level: level, threads: threads)
    let factor = isEnlarged ? 2 : 1
    let (width, height) = (width * factor, height * factor)
    let outputs = channels[layerCount]
    let wavefront = try Wavefront(
      .init(
        inputChannels: channels[0], layers: Array(channels[1...]), isDense: false,
        isEnlarged: isEnlarged, endsNarrow: true), columns: (width + 3) / 4, panel: panel,
      bands: threads)
    let last = try NarrowConvolution(
      Convolution(weight: weight(layerCount - 1), bias: bias(layerCount - 1)))
    let convolutions = Array(try convolutions().dropLast())
    let weights = try TransformedWeights(like: convolutions)
    weights.load(convolutions, on: engine)
    let map = try FeatureMap(
      input, channels: channels[0], width: self.width, height: self.height)
    let result = try AlignedBuffer(count: outputs * width * height)
    wavefront.run(
      [
        .init(
          convolutions: convolutions, weights: weights.pointers, input: map,
          target: .samples(last) { row, columns, samples in
            for x in columns {
              for output in 0..<outputs {
                result.pointer[(output * height + row) * width + x] =
                  samples[(x - columns.lowerBound) * outputs + output]
              }
            }
          })
      ], height: height, rows: 0..<height, on: engine)
    return (0..<result.count).map { result.pointer[$0] }
  }

  /// The last layer's output by a wavefront.
  func computed(level: CPULevel, threads: Int, panel: Int) throws -> [Float] {
    try computed(on: Engine(level: level, threads: threads), panel: panel)
  }

  func computed(
    on engine: Engine, panel: Int, precision: Precision = .exact
  ) throws -> [Float] {
    let factor = isEnlarged ? 2 : 1
    let (width, height) = (width * factor, height * factor)
    let shape = Wavefront.Shape(
      inputChannels: channels[0], layers: Array(channels[1...]), isDense: isDense,
      isEnlarged: isEnlarged, precision: precision)
    let wavefront = try Wavefront(
      shape, columns: (width + 3) / 4, panel: panel, bands: engine.pool.count)
    let convolutions = try convolutions()
    let weights = try TransformedWeights(
      like: convolutions, precision: precision, threads: engine.pool.count)
    weights.load(convolutions, on: engine)
    let map = try FeatureMap(
      input, channels: channels[0], width: self.width, height: self.height)
    let output = try FeatureMap(
      channels: channels[layerCount], width: width, height: height)
    // Run twice, to detect an influence of data that the first run has left.
    for _ in 0..<2 {
      wavefront.run(
        [
          .init(
            convolutions: convolutions, weights: weights.pointers, input: map,
            target: .map(output, residual: nil))
        ], height: height, rows: 0..<height, on: engine)
    }
    return output.values
  }
}

@Suite("A wavefront of Winograd convolutions equals the plain ones")
struct WavefrontTests {
  static let sizes =
    [(1, 1), (2, 7), (5, 3), (4, 4), (9, 12)] + (Sanitizer.isOn ? [] : [(31, 18), (64, 40)])

  @Test("A dense block at any size and level", arguments: levels, sizes)
  func denseBlock(level: CPULevel, size: (Int, Int)) throws {
    let chain = Chain(
      channels: [32, 16, 16, 16, 16, 32], isDense: true, width: size.0, height: size.1)
    let values = try chain.computed(level: level, threads: 1, panel: 64)
    #expect(relativeError(values, chain.reference()) < 1e-5)
  }

  @Test("Channels that fill no block", arguments: levels)
  func oddChannels(level: CPULevel) throws {
    let dense = Chain(channels: [10, 5, 5, 10], isDense: true, width: 11, height: 9)
    #expect(
      relativeError(
        try dense.computed(level: level, threads: 2, panel: 2), dense.reference()) < 1e-5)
    let chain = Chain(channels: [24, 48, 3], isDense: false, width: 11, height: 9)
    #expect(
      relativeError(
        try chain.computed(level: level, threads: 2, panel: 2), chain.reference()) < 1e-5)
  }

  @Test("An enlarged input, even and odd", arguments: levels, [(1, 1), (3, 5), (8, 6), (17, 9)])
  func enlarged(level: CPULevel, size: (Int, Int)) throws {
    let chain = Chain(
      channels: [16, 32, 16, 3], isDense: false, isEnlarged: true, width: size.0,
      height: size.1)
    let values = try chain.computed(level: level, threads: 2, panel: 3)
    #expect(relativeError(values, chain.reference()) < 1e-5)
  }

  @Test(
    "A chain that ends narrow, in any bands and panels", arguments: levels,
    [(1, 64), (1, 2), (2, 64), (2, 1), (3, 2)])
  func narrow(level: CPULevel, cut: (threads: Int, panel: Int)) throws {
    let chain = Chain(
      channels: [16, 32, 20, 3], isDense: false, isEnlarged: true, width: 17, height: 13)
    let values = try chain.computedNarrow(level: level, threads: cut.threads, panel: cut.panel)
    // The last layer has no activation there.
    let activated = values.map { $0 < 0 ? 0.2 * $0 : $0 }
    #expect(relativeError(activated, chain.reference()) < 1e-5)
    #expect(try values == chain.computedNarrow(level: level, threads: 1, panel: 64))
  }

  @Test("The same bits for any number of threads and any panel")
  func sameBits() throws {
    for isDense in [true, false] {
      let chain = Chain(
        channels: [32, 32, 32, 32, 32, 32], isDense: isDense, width: Sanitizer.isOn ? 21 : 61,
        height: Sanitizer.isOn ? 43 : 83)
      let whole = try chain.computed(level: .highest, threads: 1, panel: 64)
      for threads in 1...5 {
        for panel in [1, 3, 5, 16] {
          let cut = try chain.computed(level: .highest, threads: threads, panel: panel)
          #expect(cut.elementsEqual(whole), "\(threads) threads, panels of \(panel)")
        }
      }
    }
  }
}
