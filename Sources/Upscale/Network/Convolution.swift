import SystemSupport
import UpscaleKernels

/// A 3x3 convolution, stride 1, zero padding 1, with its weights packed for the row kernels; or one of
/// 1x1, which is only computed directly.
package final class Convolution: Sendable {
  /// What follows the sum.
  package enum Activation: Sendable {
    case none
    case leakyReLU(Float)
    /// One slope per output channel.
    case pReLU([Float])
    /// SiLU; in wavefronts only, as the next.
    case swish
    /// SPAN's attention; the residual is its other term.
    case attention
  }

  package let inputChannels: Int
  package let outputChannels: Int
  /// Input channels of each feature map that is read, in order (a dense block's concatenation).
  private let segments: [Int]
  private let hasActivation: Bool
  /// The gate that the output transform applies instead of an activation, if any.
  let gate: Gate
  /// 3, or 1.
  private let side: Int
  private var taps: Int { side * side }
  /// `[group][block][ky][kx][lane][group's outputs]`, then bias and slope, each `[outputs]`
  /// rounded up to whole blocks.
  private let packed: WeightArena.Part
  private let biasOffset: Int
  private let slopeOffset: Int

  /// Output channels are computed in groups of 32, the last one of 16 where that is enough.
  private static let fullGroup = 2 * channelBlock
  private var groups: Int { (outputChannels + Self.fullGroup - 1) / Self.fullGroup }
  private var weightsPerGroup: Int { inputChannels * taps * Self.fullGroup }

  private func groupSize(_ group: Int) -> Int {
    outputChannels - group * Self.fullGroup > channelBlock ? Self.fullGroup : channelBlock
  }

  /// Multiply-accumulate operations for one output pixel.
  package var multiplyAdds: Int { inputChannels * outputChannels * taps }

  /// - Parameters:
  ///   - weight: `[outputChannels][inputChannels][side][side]`.
  ///   - bias: `[outputChannels]`.
  ///   - activation: what follows the sum.
  ///   - segments: how the input channels are spread over feature maps; one map if empty.
  ///   - side: of the kernel, 3 or 1.
  ///   - arena: where the weights go; memory of its own if nil.
  /// - Throws: `.memory` without memory.
  init(
    weight: UnsafeBufferPointer<Float>, bias: [Float], activation: Activation = .none,
    segments: [Int] = [], side: Int = 3,
    arena: WeightArena? = nil
  ) throws(UpscaleError) {
    let outputs = bias.count
    let taps = side * side
    let inputs = weight.count / (taps * outputs)
    precondition(
      weight.count == outputs * inputs * taps && (side == 3 || side == 1),
      "weights are [out][in][3][3] or [out][in][1][1]")
    self.side = side
    outputChannels = outputs
    inputChannels = inputs
    self.segments = segments.isEmpty ? [inputs] : segments
    precondition(self.segments.reduce(0, +) == inputs, "segments hold all input channels")
    inputLanes = Self.inputLanes(self.segments)
    integerGroups = Self.integerGroups(self.segments)
    equalGroups = Self.equalGroups(outputs)
    integerLanes = Array(repeating: channelBlock, count: integerGroups.count)

    let padded = FeatureMap.blocks(outputs) * channelBlock
    biasOffset = padded * inputs * taps
    slopeOffset = biasOffset + padded
    let count = Self.packedCount(inputs: inputs, outputs: outputs, side: side)
    if let arena {
      packed = try arena.take(count)
    } else {
      packed = try WeightArena.Part(count: count)
    }
    let pointer = packed.pointer
    (pointer + biasOffset).update(from: bias, count: outputs)
    gate =
      switch activation {
      case .swish: .swish
      case .attention: .attention
      case .none, .leakyReLU, .pReLU: .none
      }
    switch activation {
    case .none, .swish, .attention:
      hasActivation = false
    case .leakyReLU(let slope):
      hasActivation = true
      (pointer + slopeOffset).update(repeating: slope, count: padded)
    case .pReLU(let slopes):
      precondition(slopes.count == outputs, "PReLU has one slope per channel")
      hasActivation = true
      (pointer + slopeOffset).update(from: slopes, count: outputs)
    }
    pack(weight)
  }

  /// Floats that a convolution's weights, biases and slopes take.
  static func packedCount(inputs: Int, outputs: Int, side: Int = 3) -> Int {
    FeatureMap.blocks(outputs) * channelBlock * (inputs * side * side + 2)
  }

  private func pack(_ weight: UnsafeBufferPointer<Float>) {
    for output in 0..<outputChannels {
      let group = output / Self.fullGroup
      let size = groupSize(group)
      var target = packed.pointer + group * weightsPerGroup + output % Self.fullGroup
      var firstChannel = 0
      for segment in segments {
        for blockStart in stride(from: 0, to: segment, by: channelBlock) {
          let lanes = min(channelBlock, segment - blockStart)
          for tap in 0..<taps {
            for lane in 0..<lanes {
              let input = firstChannel + blockStart + lane
              target.pointee = weight[(output * inputChannels + input) * taps + tap]
              target += size
            }
          }
        }
        firstChannel += segment
      }
    }
  }

  /// One weight: of an output, from a lane of a block of input channels, at tap `ky * 3 + kx`.
  func weight(output: Int, block: Int, lane: Int, tap: Int) -> Float {
    let group = output / Self.fullGroup
    let row = firstChannel(ofBlock: block) * 9 + tap * inputLanes[block] + lane
    return packed.pointer[
      group * weightsPerGroup + row * groupSize(group) + output % Self.fullGroup]
  }

  // MARK: Winograd

  /// Groups of output channels, and the channels of one (16 or 32).
  package var groupCount: Int { groups }
  package func channels(ofGroup group: Int) -> Int { groupSize(group) }
  package func bias(ofGroup group: Int) -> UnsafePointer<Float> {
    UnsafePointer(packed.pointer + biasOffset + group * Self.fullGroup)
  }
  package func slope(ofGroup group: Int) -> UnsafePointer<Float> {
    UnsafePointer(packed.pointer + slopeOffset + group * Self.fullGroup)
  }
  package var isActivated: Bool { hasActivation }

  /// Groups of one size, which are computed together.
  let equalGroups: [Range<Int>]

  private static func equalGroups(_ outputs: Int) -> [Range<Int>] {
    let groups = (outputs + fullGroup - 1) / fullGroup
    let isLastSmall = outputs > fullGroup && (outputs - 1) % fullGroup < channelBlock
    return isLastSmall ? [0..<groups - 1, groups - 1..<groups] : [0..<groups]
  }

  /// For each block of input channels, how many of its 16 lanes hold channels.
  package let inputLanes: [Int]

  /// The same for each of `integerGroups`: lanes of pairs, of which none is left out.
  private let integerLanes: [Int]

  func lanes(_ precision: Precision) -> [Int] {
    precision == .exact ? inputLanes : integerLanes
  }

  /// A group of up to 32 input channels that are summed in integers: its first block of 16, and
  /// how many it has.
  struct IntegerGroup {
    let block: Int
    let blocks: Int
  }

  let integerGroups: [IntegerGroup]

  private static func inputLanes(_ segments: [Int]) -> [Int] {
    segments.flatMap { segment in
      stride(from: 0, to: segment, by: channelBlock).map { min(channelBlock, segment - $0) }
    }
  }

  private static func integerGroups(_ segments: [Int]) -> [IntegerGroup] {
    var start = 0
    return segments.flatMap { segment in
      let blocks = FeatureMap.blocks(segment)
      defer { start += blocks }
      return stride(from: 0, to: blocks, by: 2).map {
        IntegerGroup(block: start + $0, blocks: min(2, blocks - $0))
      }
    }
  }

  /// Floats from one position of a group's transformed weights to the next: `[block][lane][group]`,
  /// or in pairs of integers `[integer group][16][group]`. A line of the cache more than that:
  /// strides of a multiple of 4096 bytes would fall into one set of it.
  func positionStride(ofGroup group: Int, _ precision: Precision) -> Int {
    let depth = precision == .exact ? inputChannels : integerGroups.count * channelBlock
    return depth * groupSize(group) + channelBlock
  }

  /// Floats of a group's transformed weights, integers with their scales,
  /// `[position][integer group][group]`.
  private func transformedCount(ofGroup group: Int, _ precision: Precision) -> Int {
    let scales = precision == .exact ? 0 : integerGroups.count * groupSize(group)
    return Winograd.positions * (positionStride(ofGroup: group, precision) + scales)
  }

  /// Floats of the transformed weights, group after group.
  func transformedCount(_ precision: Precision) -> Int {
    (0..<groups).reduce(0) { $0 + transformedCount(ofGroup: $1, precision) }
  }

  /// Floats from the start of the transformed weights to a group's.
  func transformedOffset(ofGroup group: Int, _ precision: Precision) -> Int {
    group * transformedCount(ofGroup: 0, precision)
  }

  /// Floats from the start of a group's integers to their scales.
  func scalesOffset(ofGroup group: Int) -> Int {
    Winograd.positions * positionStride(ofGroup: group, .fast)
  }

  /// Transforms a group's weights from one block of input channels.
  func transform(
    group: Int, block: Int, into target: UnsafeMutablePointer<Float>, kernels: Kernels
  ) {
    let channel = firstChannel(ofBlock: block)
    transform(
      group: group, block: block, into: target + channel * groupSize(group),
      positionStride: positionStride(ofGroup: group, .exact), kernels: kernels)
  }

  private func transform(
    group: Int, block: Int, into target: UnsafeMutablePointer<Float>, positionStride: Int,
    kernels: Kernels
  ) {
    let size = groupSize(group)
    var call = WinogradWeights(
      weights: packed.pointer + group * weightsPerGroup
        + firstChannel(ofBlock: block) * 9 * size,
      lanes: inputLanes[block], group: size, output: target, positionStride: positionStride)
    kernels.transformWeights(&call)
  }

  /// A block's first input channel.
  private func firstChannel(ofBlock block: Int) -> Int { inputLanes[..<block].reduce(0, +) }

  /// From one position to the next in the scratch memory of `transformToIntegers`: 32 channels and
  /// a line of the cache.
  private static let integerScratchStride = 2 * channelBlock * fullGroup + channelBlock

  /// Floats of scratch memory that `transformToIntegers` needs.
  static let integerScratchCount = Winograd.positions * integerScratchStride

  /// Transforms a group's weights from one group of input channels, and rounds them to integers.
  func transformToIntegers(
    group: Int, inputs index: Int, into target: UnsafeMutablePointer<Float>,
    scratch: UnsafeMutablePointer<Float>, kernels: Kernels
  ) {
    let inputs = integerGroups[index]
    let size = groupSize(group)
    let first = inputLanes[inputs.block]
    let second = inputs.blocks > 1 ? inputLanes[inputs.block + 1] : 0
    for block in 0..<inputs.blocks {
      transform(
        group: group, block: inputs.block + block, into: scratch + block * first * size,
        positionStride: Self.integerScratchStride, kernels: kernels)
    }
    var call = IntegerWeights(
      weights: scratch, first: first, second: second, group: size,
      output: target + index * channelBlock * size,
      scales: target + scalesOffset(ofGroup: group) + index * size,
      positionStride: Self.integerScratchStride,
      outputPositionStride: positionStride(ofGroup: group, .fast),
      scalePositionStride: integerGroups.count * size)
    kernels.integer?.roundWeights(&call)
  }

  /// The residual connections of an epilogue: `scale * value + skip`, then the same with `outer`.
  package struct Residual {
    let scale: Float
    let skip: FeatureMap
    var outer: FeatureMap?
  }

  /// Computes `rows` of `output` (all it holds, by default) from the maps in `inputs`, whose rows
  /// must reach one beyond on each side except where the layer itself ends.
  package func run(
    _ inputs: [FeatureMap], into output: FeatureMap, residual: Residual? = nil,
    on engine: Engine
  ) {
    precondition(inputs.map(\.channels) == segments, "the maps hold what the weights expect")
    precondition(gate == .none, "a gate is computed in wavefronts only")
    let sources = inputs.flatMap { map in
      (0..<map.blocks).map { UnsafePointer(map.plane($0)) }
    }
    let lanes = inputs.flatMap(\.lanes)
    let targets = (0..<output.blocks).map { output.plane($0) }
    let skips = residual.map { residual in
      (0..<output.blocks).map { residual.skip.plane($0) }
    }
    let outers = residual?.outer.map { map in (0..<output.blocks).map { map.plane($0) } }
    let input = inputs[0]
    let groups = groups
    engine.pool.parallelFor(output.height * groups) { item in
      let row = output.rows.lowerBound + item / groups
      let group = item % groups
      let firstChannel = group * Self.fullGroup
      let firstBlock = firstChannel / channelBlock
      sources.withUnsafeBufferPointer { sources in
        lanes.withUnsafeBufferPointer { lanes in
          targets.withUnsafeBufferPointer { targets in
            withOptionalBuffer(skips) { skips in
              withOptionalBuffer(outers) { outers in
                guard let source = sources.baseAddress, let lane = lanes.baseAddress,
                  let target = targets.baseAddress
                else { return }
                var call = ConvolutionRow(
                  inputs: source, inputLanes: lane, inputBlocks: sources.count,
                  inputOffset: input.offset(row: row), inputRowStride: input.rowStride,
                  weights: packed.pointer + group * weightsPerGroup,
                  bias: packed.pointer + biasOffset + firstChannel,
                  slope: packed.pointer + slopeOffset + firstChannel,
                  hasActivation: hasActivation, group: groupSize(group),
                  outputs: target + firstBlock,
                  outputOffset: output.offset(row: row), width: output.width,
                  residual: skips.map { $0 + firstBlock },
                  secondResidual: outers.map { $0 + firstBlock },
                  residualScale: residual?.scale ?? 1, reach: side / 2)
                engine.kernels.convolveRow(&call)
              }
            }
          }
        }
      }
    }
  }
}

/// The pointer to an array's elements, or nil for no array, for the length of `body`.
private func withOptionalBuffer<Element>(
  _ array: [Element]?, _ body: (UnsafePointer<Element>?) -> Void
) {
  guard let array else { return body(nil) }
  array.withUnsafeBufferPointer { body($0.baseAddress) }
}
