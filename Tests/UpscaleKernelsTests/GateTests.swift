import Foundation
import TestSupport
import Testing
import UpscaleKernels

@testable import Upscale

/// SiLU and SPAN's attention in the output transform, and the additions and copies of their wavefronts.
@Suite("Gates equal their definition")
struct GateTests {
  /// What the output transform makes of sums that are just these biases, with residuals.
  private static func gated(
    _ sums: [Float], residuals: [Float], gate: Gate, level: CPULevel
  ) throws -> [Float] {
    let zeros = try AlignedBuffer(count: Winograd.positions * channelBlock)
    let bias = try AlignedBuffer(count: channelBlock)
    let output = try AlignedBuffer(count: channelBlock)
    let residual = try AlignedBuffer(count: channelBlock)
    var result: [Float] = []
    for start in stride(from: 0, to: sums.count, by: channelBlock) {
      let count = min(channelBlock, sums.count - start)
      for lane in 0..<channelBlock {
        bias.pointer[lane] = sums[start + min(lane, count - 1)]
        residual.pointer[lane] = residuals[start + min(lane, count - 1)]
      }
      withUnsafePointer(to: output.pointer) { outputs in
        withUnsafePointer(to: residual.pointer) { residuals in
          var call = WinogradOutput(
            products: zeros.pointer, productPositionStride: channelBlock, tiles: 1, rows: 1,
            columns: 1, group: channelBlock, bias: bias.pointer, slope: bias.pointer,
            hasActivation: false, outputs: outputs, rowStride: channelBlock,
            residual: gate == .attention ? residuals : nil, gate: gate)
          Kernels(level).transformOutput(&call)
        }
      }
      result += (0..<count).map { output.pointer[$0] }
    }
    return result
  }

  private static let sums: [Float] =
    [0, -0.0, 1e-38, -1e-38, 1e-10, -1e-10, 86.9, -86.9, 87.1, -87.1, 300, -300, 1e30, -1e30]
    + (-2000...2000).map { Float($0) / 37 } + noise(4000, seed: 5).map { $0 * 4 }

  @Test("SiLU is within 4e-7 of it", arguments: levels)
  func swish(level: CPULevel) throws {
    let values = try Self.gated(
      Self.sums, residuals: Self.sums, gate: .swish, level: level)
    for (sum, value) in zip(Self.sums, values) {
      let expected = Double(sum) / (1 + exp(-Double(sum)))
      // The sigmoid is at least e^-87.
      let least = 2e-38 * abs(Double(sum))
      #expect(abs(Double(value) - expected) <= 4e-7 * abs(expected) + least, "\(sum)")
    }
  }

  @Test("Attention is within 2e-7 of what its sigmoid can be", arguments: levels)
  func attention(level: CPULevel) throws {
    let residuals = noise(Self.sums.count, seed: 6).map { $0 * 10 }
    let values = try Self.gated(Self.sums, residuals: residuals, gate: .attention, level: level)
    for (index, value) in values.enumerated() {
      let sum = Double(Self.sums[index])
      let total = Double(Self.sums[index] + residuals[index])
      let expected = total * (1 / (1 + exp(-sum)) - 0.5)
      #expect(abs(Double(value) - expected) <= 2e-7 * abs(total), "\(sum)")
    }
  }

  @Test("What is no number stays none", arguments: levels)
  func notANumber(level: CPULevel) throws {
    for gate in [Gate.swish, .attention] {
      let values = try Self.gated(
        [.nan, .infinity, -.infinity], residuals: [0, 0, 0], gate: gate, level: level)
      #expect(values.allSatisfy { !$0.isFinite })
    }
  }

  /// A block of SPAN: three layers, with what the network's last block and its tail have besides.
  private struct Block {
    let features: Int
    let width: Int
    let height: Int

    private func weight(_ layer: Int) -> [Float] {
      let scale = 1 / Float(features * 3).squareRoot()
      return noise(features * features * 9, seed: UInt64(20 + layer)).map { $0 * scale }
    }
    private func bias(_ layer: Int) -> [Float] { noise(features, seed: UInt64(30 + layer)) }
    private var input: [Float] { noise(features * width * height, seed: 8).map { $0 * 3 } }
    private var addition: [Float] { noise(features * width * height, seed: 9) }

    /// The block's output, and that of its first layer.
    func reference() -> (output: [Double], first: [Double]) {
      func convolve(_ values: [Double], _ layer: Int) -> [Double] {
        naiveConvolution(
          values, channels: features, width: width, height: height, weight: weight(layer),
          bias: bias(layer))
      }
      func swish(_ values: [Double]) -> [Double] { values.map { $0 / (1 + exp(-$0)) } }
      let first = swish(convolve(input.map(Double.init), 0))
      let last = convolve(swish(convolve(first, 1)), 2)
      let output = zip(last, input).map { ($0 + Double($1)) * (1 / (1 + exp(-$0)) - 0.5) }
      return (output, first)
    }

    /// The same by a wavefront.
    func computed(
      level: CPULevel, threads: Int, panel: Int
    ) throws -> (output: [Float], first: [Float]) {
      let engine = Engine(level: level, threads: threads)
      let convolutions = try (0..<3).map {
        try Convolution(
          weight: weight($0), bias: bias($0), activation: $0 < 2 ? .swish : .attention)
      }
      let wavefront = try Wavefront(
        .init(inputChannels: features, layers: [features, features, features], isDense: false),
        columns: (width + 3) / 4, panel: panel, bands: threads)
      let weights = try TransformedWeights(like: convolutions)
      weights.load(convolutions, on: engine)
      let map = try FeatureMap(input, channels: features, width: width, height: height)
      let output = try FeatureMap(channels: features, width: width, height: height)
      let copy = try FeatureMap(channels: features, width: width, height: height)
      wavefront.run(
        [
          .init(
            convolutions: convolutions, weights: weights.pointers, input: map,
            target: .map(output, residual: .init(scale: 1, skip: map)), copy: copy)
        ], height: height, rows: 0..<height, on: engine)
      return (output.values, copy.values)
    }

    /// Two layers without activation, to the first of which a map is added.
    func additionError(level: CPULevel, threads: Int, panel: Int) throws -> Double {
      let engine = Engine(level: level, threads: threads)
      let convolutions = try (0..<2).map { try Convolution(weight: weight($0), bias: bias($0)) }
      let wavefront = try Wavefront(
        .init(inputChannels: features, layers: [features, features], isDense: false),
        columns: (width + 3) / 4, panel: panel, bands: threads)
      let weights = try TransformedWeights(like: convolutions)
      weights.load(convolutions, on: engine)
      let map = try FeatureMap(input, channels: features, width: width, height: height)
      let added = try FeatureMap(addition, channels: features, width: width, height: height)
      let output = try FeatureMap(channels: features, width: width, height: height)
      wavefront.run(
        [
          .init(
            convolutions: convolutions, weights: weights.pointers,
            input: map, target: .map(output, residual: nil), addition: added)
        ], height: height, rows: 0..<height, on: engine)
      func convolve(_ values: [Double], _ layer: Int) -> [Double] {
        naiveConvolution(
          values, channels: features, width: width, height: height, weight: weight(layer),
          bias: bias(layer))
      }
      let first = zip(convolve(input.map(Double.init), 0), addition).map { $0 + Double($1) }
      return relativeError(output.values, convolve(first, 1))
    }
  }

  @Test(
    "A block of three layers, and what its first layer makes", arguments: levels,
    [(48, 31, 18), (10, 5, 3), (20, 1, 1), (52, 9, 12)])
  func block(level: CPULevel, size: (features: Int, width: Int, height: Int)) throws {
    let block = Block(features: size.features, width: size.width, height: size.height)
    let (output, first) = block.reference()
    let computed = try block.computed(level: level, threads: 2, panel: 3)
    #expect(relativeError(computed.output, output) < 1e-5)
    #expect(relativeError(computed.first, first) < 1e-5)
    #expect(try block.additionError(level: level, threads: 2, panel: 3) < 1e-5)
  }

  @Test("The same bits for any number of threads and any panel")
  func sameBits() throws {
    let block = Block(features: 48, width: Sanitizer.isOn ? 21 : 61, height: 43)
    let whole = try block.computed(level: .highest, threads: 1, panel: 64)
    for threads in 1...4 {
      for panel in [1, 3, 5, 16] {
        let cut = try block.computed(level: .highest, threads: threads, panel: panel)
        #expect(cut.output.elementsEqual(whole.output), "\(threads) threads, panels of \(panel)")
        #expect(cut.first.elementsEqual(whole.first), "\(threads) threads, panels of \(panel)")
      }
    }
  }
}
