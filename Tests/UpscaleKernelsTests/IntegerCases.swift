import Testing
import UpscaleKernels

@testable import Upscale

/// Levels whose integer kernels this machine runs.
let integerLevels = levels.filter(\.isFastWithIntegers)

/// The value of memory that a kernel must not write to.
private let untouched: Float = -12345

extension AlignedBuffer {
  /// Filled with what a kernel must not write over.
  static func untouched(_ count: Int) throws -> AlignedBuffer {
    let buffer = try AlignedBuffer(count: count)
    buffer.pointer.update(repeating: UpscaleKernelsTests.untouched, count: count)
    return buffer
  }

  /// The low half of an element for lanes below 16, the high one for others.
  fileprivate func half(_ lane: Int, of element: Int) -> Int {
    let bits = pointer[element].bitPattern
    return Int(Int16(truncatingIfNeeded: lane < channelBlock ? bits : bits >> 16))
  }

  fileprivate func isUntouched(_ range: Range<Int>) -> Bool {
    range.allSatisfy { pointer[$0] == UpscaleKernelsTests.untouched }
  }
}

/// A pair of 16-bit integers as kernels read it.
private func pair(_ low: Int16, _ high: Int16) -> Float {
  Float(bitPattern: UInt32(UInt16(bitPattern: low)) | UInt32(UInt16(bitPattern: high)) << 16)
}

/// The limits of integers, within which no sum of their products overflows: 16 bits for each, and a norm for
/// the 32 of a group.
struct IntegerLimits {
  /// The largest norms: their product is less than 2^31.
  static let inputNorm = 38_025
  static let weightNorm = 56_335

  let norm: Int
  /// How many of the largest values may be taken for one.
  let taken: Int
  private var largestSquare = 0
  private var largest = 0
  /// The largest ratio of a unit to the smallest that the limits allow.
  private var coarsest = 0.0
  private var isPositive = true

  static var inputs: IntegerLimits { IntegerLimits(norm: inputNorm, taken: 8) }
  static var weights: IntegerLimits { IntegerLimits(norm: weightNorm, taken: 1) }

  private init(norm: Int, taken: Int) {
    self.norm = norm
    self.taken = taken
  }

  mutating func check(_ integers: [Int], unit: Double, values: [Double]) {
    largestSquare = max(largestSquare, integers.reduce(0) { $0 + $1 * $1 })
    largest = max(largest, integers.map(abs).max() ?? 0)
    let squares = values.map { $0 * $0 }.sorted(by: >)
    let whole = squares.reduce(0, +).squareRoot()
    let part = squares.prefix(taken).reduce(0, +).squareRoot()
    // No unit is below 1e-18.
    let finest = max(1e-18, whole / Double(norm), part / 32767)
    // But for what an approximate root, and the room left for it, may cost.
    coarsest = max(coarsest, unit / (finest * 1.001_5))
    isPositive = isPositive && unit > 0 && unit.isFinite
  }

  var areKept: Bool { isPositive && largestSquare <= norm * norm && largest <= 32767 }
  var areUsed: Bool { coarsest <= 1 }
}

// MARK: - Input

/// A row of tiles of up to 32 channels.
struct IntegerInputCase: CustomTestStringConvertible, Sendable {
  let tiles: Int
  let isEnlarged: Bool
  let hasSecond: Bool

  static let all = [1, 2, 7].flatMap { tiles in
    [false, true].flatMap { isEnlarged in
      [false, true].map {
        IntegerInputCase(tiles: tiles, isEnlarged: isEnlarged, hasSecond: $0)
      }
    }
  }

  var testDescription: String {
    "\(tiles) tiles of \(lanes) channels\(isEnlarged ? ", enlarged" : "")"
  }

  var lanes: Int { hasSecond ? 2 * channelBlock : channelBlock }
  /// Pixels of a row, and rows; enlarged ones are pointed to twice.
  var pixels: Int { isEnlarged ? 2 * tiles + 2 : 4 * tiles + 2 }
  var rows: Int { isEnlarged ? 4 : 6 }
  /// Floats of 16 channels: `[row][pixel][16]`.
  var blockFloats: Int { rows * pixels * channelBlock }

  /// Where a window's line comes from: enlarged ones start with the second half of a pixel.
  private func source(_ line: Int) -> Int { isEnlarged ? (line + 1) / 2 : line }

  /// The 6x6 window of a tile in one of 32 channels.
  func window(_ values: [Float], tile: Int, lane: Int) -> [[Double]] {
    let block = lane / channelBlock * blockFloats
    let first = tile * (isEnlarged ? 2 : 4)
    return (0..<6).map { y in
      (0..<6).map { x in
        let pixel = source(y) * pixels + first + source(x)
        return Double(values[block + pixel * channelBlock + lane % channelBlock])
      }
    }
  }

  /// What the kernel makes of values `[block][row][pixel][16]`.
  func computed(_ values: [Float], _ kernels: IntegerKernels) throws -> IntegerInputResult {
    let result = IntegerInputResult(
      tiles: tiles, output: try .untouched(Winograd.positions * (tiles + 1) * channelBlock),
      scales: try .untouched(tiles * Winograd.positions + channelBlock))
    let scratch = try AlignedBuffer(count: integerScratch)
    let input = try AlignedBuffer(count: 2 * blockFloats)
    input.pointer.update(from: values, count: 2 * blockFloats)
    let zeros = try AlignedBuffer(count: pixels * channelBlock)
    let lines = (0..<12).map { line in
      line < 6 || hasSecond
        ? UnsafePointer(
          input.pointer + line / 6 * blockFloats + source(line % 6) * pixels * channelBlock)
        : UnsafePointer(zeros.pointer)
    }
    try lines.withUnsafeBufferPointer { lines in
      let lines = try #require(lines.baseAddress)
      var call = IntegerInput(
        first: lines, second: lines + 6, tiles: tiles, isEnlarged: isEnlarged,
        output: result.output.pointer, positionStride: result.positionStride,
        scales: result.scales.pointer, scratch: scratch.pointer)
      kernels.transformInput(&call)
    }
    withExtendedLifetime((input, zeros, scratch)) {}
    return result
  }
}

struct IntegerInputResult {
  let tiles: Int
  let output: AlignedBuffer
  let scales: AlignedBuffer

  /// With room for a tile more.
  var positionStride: Int { (tiles + 1) * channelBlock }

  func integer(tile: Int, position: Int, lane: Int) -> Int {
    output.half(lane, of: position * positionStride + tile * channelBlock + lane % channelBlock)
  }

  func scale(tile: Int, position: Int) -> Float {
    scales.pointer[tile * Winograd.positions + position]
  }

  /// Whether nothing was written where nothing belongs.
  var isConfined: Bool {
    let end = tiles * Winograd.positions
    return scales.isUntouched(end..<end + channelBlock)
      && (1...Winograd.positions).allSatisfy {
        output.isUntouched($0 * positionStride - channelBlock..<$0 * positionStride)
      }
  }
}

/// A window transformed by the definition, Bᵀ d B.
struct DoubleWindow {
  /// `[position]`, and what rounding to floats on the way may do to each.
  let values: [Double]
  let rounding: [Double]

  /// Bᵀ after Cook and Toom: the coefficients of the product of x - q over all points q but the
  /// row's own, with the last row for the point at infinity.
  private static let matrix: [[Double]] = {
    let points = [0, 0.625, -0.625, 1.5, -1.5]
    return (0...points.count).map { row in
      var coefficients = [1.0]
      for (index, point) in points.enumerated() where index != row {
        let shifted = [0] + coefficients
        coefficients = zip(shifted, coefficients + [0]).map { $0 - point * $1 }
      }
      return coefficients + Array(repeating: 0, count: 6 - coefficients.count)
    }
  }()

  init(_ window: [[Double]]) {
    values = Self.transformed(window) { $0 }
    // Two passes of up to four roundings each, relative to the magnitudes of all terms.
    rounding = Self.transformed(window, abs).map { $0 * 10 * 0x1p-24 }
  }

  private static func transformed(
    _ window: [[Double]], _ term: (Double) -> Double
  ) -> [Double] {
    (0..<Winograd.positions).map { position in
      var sum = 0.0
      for y in 0..<6 {
        for x in 0..<6 {
          sum += term(matrix[position / 6][y] * window[y][x] * matrix[position % 6][x])
        }
      }
      return sum
    }
  }
}

// MARK: - Weights

/// Transformed weights of groups of up to 32 input channels.
struct IntegerWeightsCase: CustomTestStringConvertible, Sendable {
  /// Channels of each group.
  let groups: [Int]
  /// Output channels.
  let group: Int

  static let all = [[3], [16], [20], [32], [32, 16], [20, 3, 16, 32]].flatMap { groups in
    [16, 32].map { IntegerWeightsCase(groups: groups, group: $0) }
  }

  var testDescription: String { "\(groups)→\(group)" }

  enum Kind: CaseIterable {
    case noise, equal, single, zero, tiny
  }

  var channelCount: Int { groups.reduce(0, +) }
  var channels: Range<Int> { 0..<channelCount }

  /// `[position][channel][group]`.
  func weights(_ kind: Kind) -> [Float] {
    let values = noise(Winograd.positions * channelCount * group, seed: 9)
    switch kind {
    case .noise: return values
    case .equal: return values.map { $0 < 0 ? -0.7 : 0.7 }
    case .single:
      // One large channel, so that 16 bits are the limit, and not the norm.
      return values.indices.map { $0 / group % channelCount == 1 ? values[$0] : values[$0] * 1e-3 }
    case .zero: return values.map { _ in 0 }
    case .tiny: return values.map { $0 * 1e-20 }
    }
  }

  func computed(_ weights: [Float], _ kernels: IntegerKernels) throws -> IntegerWeightsResult {
    let result = IntegerWeightsResult(
      groupCount: groups.count, group: group,
      output: try .untouched(Winograd.positions * (groups.count + 1) * channelBlock * group),
      scales: try .untouched((Winograd.positions * groups.count + 1) * group))
    var start = 0
    for (index, count) in groups.enumerated() {
      try weights.withUnsafeBufferPointer { weights in
        var call = IntegerWeights(
          weights: try #require(weights.baseAddress) + start * group,
          first: min(count, channelBlock), second: max(0, count - channelBlock), group: group,
          output: result.output.pointer + index * channelBlock * group,
          scales: result.scales.pointer + index * group, positionStride: channelCount * group,
          outputPositionStride: result.positionStride, scalePositionStride: groups.count * group)
        kernels.roundWeights(&call)
      }
      start += count
    }
    return result
  }
}

struct IntegerWeightsResult {
  let groupCount: Int
  let group: Int
  let output: AlignedBuffer
  let scales: AlignedBuffer

  /// With room for a group more.
  var positionStride: Int { (groupCount + 1) * channelBlock * group }

  func integer(position: Int, group index: Int, lane: Int, output channel: Int) -> Int {
    let row = index * channelBlock + lane % channelBlock
    return output.half(lane, of: position * positionStride + row * group + channel)
  }

  func unit(position: Int, group index: Int, output channel: Int) -> Float {
    scales.pointer[(position * groupCount + index) * group + channel]
  }

  /// Whether nothing was written where nothing belongs.
  var isConfined: Bool {
    let end = Winograd.positions * groupCount * group
    return scales.isUntouched(end..<end + group)
      && (1...Winograd.positions).allSatisfy {
        output.isUntouched($0 * positionStride - channelBlock * group..<$0 * positionStride)
      }
  }
}

// MARK: - Products

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
