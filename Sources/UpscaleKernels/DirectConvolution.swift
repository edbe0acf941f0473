/// One output row of a 3x3 or 1x1 convolution (stride 1, zero padding from the planes' own border),
/// for one group of output channels. All planes are NCHWc16: `[row][x][16]`.
///
/// Pointers are to memory that outlives the call; nothing is retained.
public struct ConvolutionRow {
  /// For each block of input channels, its plane at output pixel 0 of row 0.
  public var inputs: UnsafePointer<UnsafePointer<Float>>
  /// For each block, how many of its 16 lanes hold channels.
  public var inputLanes: UnsafePointer<Int>
  public var inputBlocks: Int
  /// Floats from `inputs[i]` to the first pixel of the row to compute.
  public var inputOffset: Int
  /// Floats from one input row to the next.
  public var inputRowStride: Int

  /// `[block][ky][kx][lane][group]`, `group` output channels side by side.
  public var weights: UnsafePointer<Float>
  /// `group` values each; a slope of 1 is no activation, 0.2 LeakyReLU, per channel PReLU.
  public var bias: UnsafePointer<Float>
  public var slope: UnsafePointer<Float>
  public var hasActivation: Bool
  /// Output channels computed here: 16 or 32.
  public var group: Int

  /// For each block of 16 output channels, its plane at pixel 0 of row 0.
  public var outputs: UnsafePointer<UnsafeMutablePointer<Float>>
  /// Floats from `outputs[i]` to the row to write.
  public var outputOffset: Int
  public var width: Int

  /// `value = scale * value + residual` where given, then the same with the second. Residual
  /// planes share the output's offsets and may be the output itself.
  public var residual: UnsafePointer<UnsafeMutablePointer<Float>>?
  public var secondResidual: UnsafePointer<UnsafeMutablePointer<Float>>?
  public var residualScale: Float
  /// Pixels that the kernel reaches on each side: 1, or 0 for one of 1x1.
  public var reach: Int

  public init(
    inputs: UnsafePointer<UnsafePointer<Float>>, inputLanes: UnsafePointer<Int>,
    inputBlocks: Int, inputOffset: Int, inputRowStride: Int, weights: UnsafePointer<Float>,
    bias: UnsafePointer<Float>, slope: UnsafePointer<Float>, hasActivation: Bool, group: Int,
    outputs: UnsafePointer<UnsafeMutablePointer<Float>>, outputOffset: Int, width: Int,
    residual: UnsafePointer<UnsafeMutablePointer<Float>>? = nil,
    secondResidual: UnsafePointer<UnsafeMutablePointer<Float>>? = nil, residualScale: Float = 1,
    reach: Int = 1
  ) {
    self.inputs = inputs
    self.inputLanes = inputLanes
    self.inputBlocks = inputBlocks
    self.inputOffset = inputOffset
    self.inputRowStride = inputRowStride
    self.weights = weights
    self.bias = bias
    self.slope = slope
    self.hasActivation = hasActivation
    self.group = group
    self.outputs = outputs
    self.outputOffset = outputOffset
    self.width = width
    self.residual = residual
    self.secondResidual = secondResidual
    self.residualScale = residualScale
    self.reach = reach
  }
}

/// Pixels that a row kernel may read past the last one it writes; planes must be followed by as
/// many allocated pixels.
public let convolutionOverread = 16

/// Computes one row as `ConvolutionRow` describes, at the given level.
///
/// Each pixel's sum runs over blocks, ky, kx and lanes in that order whatever its place in the
/// row, so a picture cut into tiles gives the same bits as a whole one.
@_alwaysEmitIntoClient @inline(__always)
public func convolveRow<Level: KernelLevel>(_ row: ConvolutionRow, level: Level.Type) {
  if row.group >= Level.WideTile.outputs {
    convolveRow(row, tile: Level.WideTile.self)
  } else {
    convolveRow(row, tile: Level.NarrowTile.self)
  }
}

@_alwaysEmitIntoClient @inline(__always)
func convolveRow<Tile: FinishingTile>(_ row: ConvolutionRow, tile: Tile.Type) {
  var first = 0
  while first < row.width {
    var channel = 0
    while channel < row.group {
      let sums = reduce(row, first: first, channel: channel, tile: tile)
      let epilogue = Epilogue<Tile.Level>(
        row, pixel: first, channel: channel, vectors: Tile.vectors)
      sums.finish(epilogue, at: 0, count: row.width &- first)
      channel &+= Tile.outputs
    }
    first &+= Tile.pixels
  }
}

/// The reduction over all input channels and taps for one register tile.
@_alwaysEmitIntoClient @inline(__always)
func reduce<Tile: FinishingTile>(
  _ row: ConvolutionRow, first: Int, channel: Int, tile: Tile.Type
) -> Tile {
  typealias Vector = Tile.Level.Vector
  let second = Tile.vectors == 2 ? Vector.scalarCount : 0
  let bias = row.bias + channel
  var sums = Tile(
    loadVector(bias, as: Vector.self), loadVector(bias + second, as: Vector.self))
  let group = row.group
  let stride = row.inputRowStride
  // The window starts so far up and left of the output pixel.
  let reach = row.reach
  let side = 2 &* reach &+ 1
  let window = row.inputOffset &+ (first &- reach) &* channelBlock &- reach &* stride
  var weights = row.weights + channel
  var block = 0
  while block < row.inputBlocks {
    let laneCount = row.inputLanes[block]
    var line = row.inputs[block] + window
    var ky = 0
    while ky < side {
      var tap = line
      var kx = 0
      while kx < side {
        var lane = 0
        while lane < laneCount {
          sums.accumulate(
            tap + lane, loadVector(weights, as: Vector.self),
            loadVector(weights + second, as: Vector.self))
          weights += group
          lane &+= 1
        }
        tap += channelBlock
        kx &+= 1
      }
      line += stride
      ky &+= 1
    }
    block &+= 1
  }
  return sums
}

/// `convolveRow` at the baseline.
@inline(never)
public func convolveRowBaseline(_ row: UnsafePointer<ConvolutionRow>) {
  convolveRow(row.pointee, level: Baseline.self)
}
