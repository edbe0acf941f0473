import Testing
import UpscaleKernels

@testable import Upscale

struct IntegerProductCase: CustomTestStringConvertible, Sendable {
  /// Blocks of 32 input channels.
  let blocks: Int
  /// Output channels.
  let group: Int

  static let all = [1, 2, 6].flatMap { blocks in
    [16, 32].map { IntegerProductCase(blocks: blocks, group: $0) }
  }

  var testDescription: String { "\(blocks) blocks to \(group) channels" }
}

/// A product of two rows of tiles, with room between the rows and between positions.
struct IntegerProduct {
  private let blocks: Int
  private let group: Int
  private let tiles: Int
  private let rows = 2
  private let inputs: [AlignedBuffer]
  private let inputScales: [AlignedBuffer]
  private let weights: AlignedBuffer
  private let weightScales: AlignedBuffer
  private let output: AlignedBuffer

  private var inputRowStride: Int { (tiles + 1) * channelBlock }
  private var inputPositionStride: Int { rows * inputRowStride + channelBlock }
  private var scaleRowStride: Int { (tiles + 1) * Winograd.positions }
  private var weightPositionStride: Int { (blocks * channelBlock + 1) * group }
  private var outputRowStride: Int { (tiles + 1) * group }
  private var outputPositionStride: Int { rows * outputRowStride + channelBlock }

  /// Closures give the integers of each of 32 lanes.
  init(
    _ shape: IntegerProductCase, tiles: Int, input: (Int) -> Int16, weight: (Int) -> Int16,
    scale: () -> Float
  ) throws {
    blocks = shape.blocks
    group = shape.group
    self.tiles = tiles
    // Pixels beyond a row's end are prefetched only, yet hold numbers that would show.
    let (rows, group) = (rows, group)
    func pairs(
      _ count: Int, perLane: Int, _ value: (Int) -> Int16
    ) throws -> AlignedBuffer {
      let buffer = try AlignedBuffer(count: count)
      for index in 0..<count {
        let lane = index / perLane % channelBlock
        buffer.pointer[index] = pair(value(lane), value(lane + channelBlock))
      }
      return buffer
    }
    func scales(_ count: Int) throws -> AlignedBuffer {
      let buffer = try AlignedBuffer(count: count)
      for index in 0..<count { buffer.pointer[index] = scale() }
      return buffer
    }
    let inputCount = Winograd.positions * (rows * (tiles + 1) + 1) * channelBlock
    let weightStride = (shape.blocks * channelBlock + 1) * group
    inputs = try (0..<shape.blocks).map { _ in try pairs(inputCount, perLane: 1, input) }
    inputScales = try (0..<shape.blocks).map { _ in
      try scales(rows * (tiles + 1) * Winograd.positions)
    }
    weights = try AlignedBuffer(count: Winograd.positions * weightStride)
    for position in 0..<Winograd.positions {
      let target = weights.pointer + position * weightStride
      let block = try pairs(shape.blocks * channelBlock * group, perLane: group, weight)
      withExtendedLifetime(block) { target.update(from: block.pointer, count: block.count) }
    }
    weightScales = try scales(Winograd.positions * shape.blocks * group)
    output = try .untouched(Winograd.positions * (rows * (tiles + 1) * group + channelBlock))
  }

  func multiply(_ kernels: IntegerKernels) {
    let lanes = Array(repeating: channelBlock, count: blocks)
    let inputs = inputs.map { UnsafePointer($0.pointer) }
    let scales = inputScales.map { UnsafePointer($0.pointer) }
    lanes.withUnsafeBufferPointer { lanes in
      inputs.withUnsafeBufferPointer { inputs in
        scales.withUnsafeBufferPointer { scales in
          guard let lanes = lanes.baseAddress, let inputs = inputs.baseAddress,
            let scales = scales.baseAddress
          else { return }
          var call = WinogradProduct(
            inputs: inputs, inputLanes: lanes, inputBlocks: blocks,
            inputPositionStride: inputPositionStride, inputRowStride: inputRowStride, rows: rows,
            tiles: tiles, weights: weights.pointer, weightPositionStride: weightPositionStride,
            group: group, output: output.pointer, outputPositionStride: outputPositionStride,
            outputRowStride: outputRowStride,
            scales: ProductScales(
              inputs: scales, inputRowStride: scaleRowStride, weights: weightScales.pointer))
          kernels.multiplyTiles(&call)
        }
      }
    }
  }

  /// The largest error, each as a share of the magnitudes of its blocks' sums.
  var largestError: Double {
    var largest = 0.0
    for position in 0..<Winograd.positions {
      for row in 0..<rows {
        for tile in 0..<tiles {
          for channel in 0..<group {
            let (value, magnitude) = expected(
              position: position, row: row, tile: tile, channel: channel)
            let at =
              position * outputPositionStride + row * outputRowStride + tile * group + channel
            let error = abs(Double(output.pointer[at]) - value)
            // Not `max`, which drops what is not a number.
            if !(error <= largest * magnitude) { largest = error / max(magnitude, 1e-30) }
          }
        }
      }
    }
    return largest
  }

  /// By the definition, and the same of magnitudes.
  private func expected(
    position: Int, row: Int, tile: Int, channel: Int
  ) -> (value: Double, magnitude: Double) {
    var (value, magnitude) = (0.0, 0.0)
    for block in 0..<blocks {
      let input =
        inputs[block].pointer + position * inputPositionStride + row * inputRowStride
        + tile * channelBlock
      let weight =
        weights.pointer + position * weightPositionStride + block * channelBlock * group + channel
      var sum: Int64 = 0
      for lane in 0..<channelBlock {
        let (a, b) = (input[lane].bitPattern, weight[lane * group].bitPattern)
        sum += Int64(Int16(truncatingIfNeeded: a)) * Int64(Int16(truncatingIfNeeded: b))
        sum += Int64(Int16(truncatingIfNeeded: a >> 16)) * Int64(Int16(truncatingIfNeeded: b >> 16))
      }
      let scale = inputScales[block].pointer[
        row * scaleRowStride + tile * Winograd.positions + position]
      let unit = weightScales.pointer[(position * blocks + block) * group + channel]
      let term = Double(sum) * Double(scale) * Double(unit)
      value += term
      magnitude += abs(term)
    }
    return (value, magnitude)
  }

  /// Whether nothing was written where nothing belongs.
  var isConfined: Bool {
    (0..<Winograd.positions).allSatisfy { position in
      let start = position * outputPositionStride
      return output.isUntouched(
        start + rows * outputRowStride..<start + outputPositionStride)
        && (0..<rows).allSatisfy {
          let end = start + $0 * outputRowStride + tiles * group
          return output.isUntouched(end..<end + group)
        }
    }
  }
}
