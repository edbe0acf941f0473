/// The rounding of transformed weights to 16-bit integers: from one group of up to 32 input channels
/// to one group of output channels.
///
/// Each output channel has, at each position, a scale of its own; see `IntegerLevel.unit`.
public struct IntegerWeights {
  /// `[position][channel][group]`, floats.
  public var weights: UnsafePointer<Float>
  /// Input channels of the first and of the second block of 16 (0 where there is none).
  public var first: Int
  public var second: Int
  /// Output channels: 16 or 32.
  public var group: Int
  /// `[position][16][group]`, pairs as in `IntegerInput.output`.
  public var output: UnsafeMutablePointer<Float>
  /// The scales: the value of the integer 1, `[position][group]`.
  public var scales: UnsafeMutablePointer<Float>
  /// Floats from one position to the next in each of them.
  public var positionStride: Int
  public var outputPositionStride: Int
  public var scalePositionStride: Int

  public init(
    weights: UnsafePointer<Float>, first: Int, second: Int, group: Int,
    output: UnsafeMutablePointer<Float>, scales: UnsafeMutablePointer<Float>,
    positionStride: Int, outputPositionStride: Int, scalePositionStride: Int
  ) {
    self.weights = weights
    self.first = first
    self.second = second
    self.group = group
    self.output = output
    self.scales = scales
    self.positionStride = positionStride
    self.outputPositionStride = outputPositionStride
    self.scalePositionStride = scalePositionStride
  }
}

@_alwaysEmitIntoClient @inline(__always)
public func roundWeights<Level: IntegerLevel>(_ call: IntegerWeights, level: Level.Type) {
  typealias V = Level.Vector
  var position = 0
  while position < Winograd.positions {
    var lane = 0
    while lane < call.group {
      let source = call.weights + (position &* call.positionStride &+ lane)
      let unit = unit(of: source, call, level)
      roundWeights(
        source, call, inverse: V(repeating: 1) / unit,
        call.output + (position &* call.outputPositionStride &+ lane), level)
      storeVector(unit, call.scales + (position &* call.scalePositionStride &+ lane))
      lane &+= V.scalarCount
    }
    position &+= 1
  }
}

/// The scales of a group's weights, one for each output channel of a vector.
@_alwaysEmitIntoClient @inline(__always)
func unit<Level: IntegerLevel>(
  of source: UnsafePointer<Float>, _ call: IntegerWeights, _ level: Level.Type
) -> Level.Vector {
  typealias V = Level.Vector
  var largest = V(repeating: 0)
  var sum = V(repeating: 0)
  var channel = 0
  while channel < call.first &+ call.second {
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
  _ source: UnsafePointer<Float>, _ call: IntegerWeights, inverse: Level.Vector,
  _ output: UnsafeMutablePointer<Float>, _ level: Level.Type
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
    let first = rounded(lane, lane < call.first)
    let second = rounded(call.first &+ lane, lane < call.second)
    storeVector(Level.pairs(first, second), target)
    target += call.group
    lane &+= 1
  }
}
