import Testing
import UpscaleKernels

@testable import Upscale

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
