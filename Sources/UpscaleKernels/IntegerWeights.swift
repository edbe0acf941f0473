/// The rounding of a group of output channels' transformed weights to 16-bit integers.
///
/// Each output channel has, at each position, a scale for each group of 32 input channels; see
/// `IntegerLevel.unit`.
public struct IntegerWeights {
  /// `[position][channel][group]`, floats.
  public var weights: UnsafePointer<Float>
  /// Floats from one position to the next in `weights`, and in `output`.
  public var positionStride: Int
  public var outputPositionStride: Int
  /// The groups of input channels.
  public var groups: UnsafePointer<IntegerGroup>
  public var groupCount: Int
  /// Output channels: 16 or 32.
  public var group: Int
  /// `[position][group of inputs][16][group]`, pairs as in `IntegerInput.output`.
  public var output: UnsafeMutablePointer<Float>
  /// What one unit is worth, `[position][group of inputs][group]`.
  public var scales: UnsafeMutablePointer<Float>

  public init(
    weights: UnsafePointer<Float>, positionStride: Int, outputPositionStride: Int,
    groups: UnsafePointer<IntegerGroup>, groupCount: Int, group: Int,
    output: UnsafeMutablePointer<Float>, scales: UnsafeMutablePointer<Float>
  ) {
    self.weights = weights
    self.positionStride = positionStride
    self.outputPositionStride = outputPositionStride
    self.groups = groups
    self.groupCount = groupCount
    self.group = group
    self.output = output
    self.scales = scales
  }
}

/// A group of up to 32 input channels that are summed in integers.
public struct IntegerGroup: Sendable {
  /// Its first channel.
  public var channel: Int
  /// Channels of its first and of its second block of 16 (0 where there is none).
  public var first: Int
  public var second: Int

  public init(channel: Int, first: Int, second: Int) {
    self.channel = channel
    self.first = first
    self.second = second
  }
}

@_alwaysEmitIntoClient @inline(__always)
public func roundWeights<Level: IntegerLevel>(_ call: IntegerWeights, level: Level.Type) {
  typealias V = Level.Vector
  var position = 0
  while position < Winograd.positions {
    var group = 0
    while group < call.groupCount {
      var lane = 0
      while lane < call.group {
        let source = call.weights + (position &* call.positionStride &+ lane)
        let unit = unit(of: source, call.groups[group], call, level)
        roundWeights(
          source, call.groups[group], call, inverse: V(repeating: 1) / unit,
          call.output
            + (position &* call.outputPositionStride &+ group &* channelBlock &* call.group
              &+ lane),
          level)
        storeVector(
          unit, call.scales + ((position &* call.groupCount &+ group) &* call.group &+ lane))
        lane &+= V.scalarCount
      }
      group &+= 1
    }
    position &+= 1
  }
}

/// What one unit of a group's weights is worth, for each output channel of a vector.
@_alwaysEmitIntoClient @inline(__always)
func unit<Level: IntegerLevel>(
  of source: UnsafePointer<Float>, _ group: IntegerGroup, _ call: IntegerWeights,
  _ level: Level.Type
) -> Level.Vector {
  typealias V = Level.Vector
  var largest = V(repeating: 0)
  var sum = V(repeating: 0)
  var channel = group.channel
  while channel < group.channel &+ group.first &+ group.second {
    let weight = loadVector(source + channel &* call.group, as: V.self)
    let square = weight * weight
    sum += square
    largest = Level.larger(largest, square)
    channel &+= 1
  }
  return Level.unit(Squares(whole: sum, largestPart: largest), norm: weightNorm)
}

@_alwaysEmitIntoClient @inline(__always)
func roundWeights<Level: IntegerLevel>(
  _ source: UnsafePointer<Float>, _ group: IntegerGroup, _ call: IntegerWeights,
  inverse: Level.Vector, _ output: UnsafeMutablePointer<Float>, _ level: Level.Type
) {
  typealias V = Level.Vector
  @inline(always) func rounded(_ channel: Int, _ exists: Bool) -> Level.Bits {
    guard exists else { return Level.Bits(repeating: 0) }
    let value = loadVector(source + channel &* call.group, as: V.self)
    return Level.rounded(value, inverse: inverse)
  }
  var target = output
  var lane = 0
  while lane < channelBlock {
    let first = rounded(group.channel &+ lane, lane < group.first)
    let second = rounded(group.channel &+ group.first &+ lane, lane < group.second)
    storeVector(Level.pairs(first, second), target)
    target += call.group
    lane &+= 1
  }
}
