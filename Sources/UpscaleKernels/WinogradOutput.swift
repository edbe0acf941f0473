/// The output transform of one row of tiles for one group of output channels, with the layer's
/// bias, activation and residuals.
public struct WinogradOutput {
  /// `[position][tile][group]`.
  public var products: UnsafePointer<Float>
  public var productPositionStride: Int
  public var tiles: Int
  /// What is written: `rows` (up to 4) by `columns` pixels, the picture's end cutting the last
  /// tiles.
  public var rows: Int
  public var columns: Int
  /// Output channels: 16 or 32.
  public var group: Int
  /// `group` values each, as in `ConvolutionRow`.
  public var bias: UnsafePointer<Float>
  public var slope: UnsafePointer<Float>
  public var hasActivation: Bool
  /// For each block of 16 output channels, the first tile's first pixel.
  public var outputs: UnsafePointer<UnsafeMutablePointer<Float>>
  public var rowStride: Int
  /// As in `ConvolutionRow`, with the outputs' strides.
  public var residual: UnsafePointer<UnsafeMutablePointer<Float>>?
  public var secondResidual: UnsafePointer<UnsafeMutablePointer<Float>>?
  public var residualScale: Float

  public init(
    products: UnsafePointer<Float>, productPositionStride: Int, tiles: Int, rows: Int,
    columns: Int, group: Int, bias: UnsafePointer<Float>, slope: UnsafePointer<Float>,
    hasActivation: Bool, outputs: UnsafePointer<UnsafeMutablePointer<Float>>, rowStride: Int,
    residual: UnsafePointer<UnsafeMutablePointer<Float>>? = nil,
    secondResidual: UnsafePointer<UnsafeMutablePointer<Float>>? = nil, residualScale: Float = 1
  ) {
    self.products = products
    self.productPositionStride = productPositionStride
    self.tiles = tiles
    self.rows = rows
    self.columns = columns
    self.group = group
    self.bias = bias
    self.slope = slope
    self.hasActivation = hasActivation
    self.outputs = outputs
    self.rowStride = rowStride
    self.residual = residual
    self.secondResidual = secondResidual
    self.residualScale = residualScale
  }
}

@_alwaysEmitIntoClient @inline(__always)
public func transformOutput<Level: KernelLevel>(_ output: WinogradOutput, level: Level.Type) {
  typealias V = Level.Vector
  var channel = 0
  while channel < output.group {
    let bias = loadVector(output.bias + channel, as: V.self)
    let destination = Destination<Level>(output, channel: channel)
    var tile = 0
    while tile < output.tiles {
      transformTile(output, tile: tile, channel: channel, bias: bias, destination)
      tile &+= 1
    }
    channel &+= V.scalarCount
  }
}

@_alwaysEmitIntoClient @inline(__always)
func transformTile<Level: KernelLevel>(
  _ output: WinogradOutput, tile: Int, channel: Int, bias: Level.Vector,
  _ destination: Destination<Level>
) {
  typealias V = Level.Vector
  let stride = output.productPositionStride
  let products = output.products + (tile &* output.group &+ channel)
  // Down each of the six columns first: 24 vectors.
  @inline(always) func column(_ index: Int) -> (V, V, V, V) {
    @inline(always) func load(_ row: Int) -> V {
      loadVector(products + (row &* 6 &+ index) &* stride, as: V.self)
    }
    return Level.output((load(0), load(1), load(2), load(3), load(4), load(5)))
  }
  let (c0, c1, c2) = (column(0), column(1), column(2))
  let (c3, c4, c5) = (column(3), column(4), column(5))
  let columns = output.columns &- tile &* 4
  @inline(always) func finish(_ row: Int, _ line: Six<V>) {
    guard row < output.rows else { return }
    let values = Level.output(line)
    let at = row &* output.rowStride &+ tile &* 4 &* channelBlock
    destination.store(values.0 + bias, at: at)
    if columns > 1 { destination.store(values.1 + bias, at: at &+ channelBlock) }
    if columns > 2 { destination.store(values.2 + bias, at: at &+ 2 &* channelBlock) }
    if columns > 3 { destination.store(values.3 + bias, at: at &+ 3 &* channelBlock) }
  }
  finish(0, (c0.0, c1.0, c2.0, c3.0, c4.0, c5.0))
  finish(1, (c0.1, c1.1, c2.1, c3.1, c4.1, c5.1))
  finish(2, (c0.2, c1.2, c2.2, c3.2, c4.2, c5.2))
  finish(3, (c0.3, c1.3, c2.3, c3.3, c4.3, c5.3))
}

/// `transformOutput` at the baseline.
@inline(never)
public func transformOutputBaseline(_ output: UnsafePointer<WinogradOutput>) {
  transformOutput(output.pointee, level: Baseline.self)
}
