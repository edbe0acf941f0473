/// The weight transform of one block of 16 input channels for one group of output channels.
public struct WinogradWeights {
  /// `[ky][kx][lane][group]`.
  public var weights: UnsafePointer<Float>
  /// Lanes of the block that hold channels.
  public var lanes: Int
  /// Output channels: 16 or 32.
  public var group: Int
  /// `[position][lane][group]`.
  public var output: UnsafeMutablePointer<Float>
  public var positionStride: Int

  public init(
    weights: UnsafePointer<Float>, lanes: Int, group: Int,
    output: UnsafeMutablePointer<Float>, positionStride: Int
  ) {
    self.weights = weights
    self.lanes = lanes
    self.group = group
    self.output = output
    self.positionStride = positionStride
  }
}

@_alwaysEmitIntoClient @inline(__always)
public func transformWeights<Level: KernelLevel>(_ call: WinogradWeights, level: Level.Type) {
  typealias V = Level.Vector
  let count = call.lanes &* call.group
  let stride = call.positionStride
  var index = 0
  while index < count {
    let taps = call.weights + index
    let output = call.output + index
    // Each column of the 3x3 weights becomes six rows.
    @inline(always) func column(_ kx: Int) -> Six<V> {
      @inline(always) func load(_ ky: Int) -> V {
        loadVector(taps + (ky &* 3 &+ kx) &* count, as: V.self)
      }
      return Level.weights((load(0), load(1), load(2)))
    }
    let (c0, c1, c2) = (column(0), column(1), column(2))
    @inline(always) func finish(_ row: Int, _ line: Three<V>) {
      let values = Level.weights(line)
      let target = output + row &* 6 &* stride
      storeVector(values.0, target)
      storeVector(values.1, target + stride)
      storeVector(values.2, target + 2 &* stride)
      storeVector(values.3, target + 3 &* stride)
      storeVector(values.4, target + 4 &* stride)
      storeVector(values.5, target + 5 &* stride)
    }
    finish(0, (c0.0, c1.0, c2.0))
    finish(1, (c0.1, c1.1, c2.1))
    finish(2, (c0.2, c1.2, c2.2))
    finish(3, (c0.3, c1.3, c2.3))
    finish(4, (c0.4, c1.4, c2.4))
    finish(5, (c0.5, c1.5, c2.5))
    index &+= V.scalarCount
  }
}

/// `transformWeights` at the baseline.
@inline(never)
public func transformWeightsBaseline(_ call: UnsafePointer<WinogradWeights>) {
  transformWeights(call.pointee, level: Baseline.self)
}
