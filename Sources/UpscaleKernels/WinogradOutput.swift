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
  /// As in `ConvolutionRow`, with rows of their own.
  public var residual: UnsafePointer<UnsafeMutablePointer<Float>>?
  public var secondResidual: UnsafePointer<UnsafeMutablePointer<Float>>?
  public var residualScale: Float
  /// What replaces activation and residuals, if anything.
  public var gate: Gate
  /// From one row of a residual to the next.
  public var residualRowStride: Int

  public init(
    products: UnsafePointer<Float>, productPositionStride: Int, tiles: Int, rows: Int,
    columns: Int, group: Int, bias: UnsafePointer<Float>, slope: UnsafePointer<Float>,
    hasActivation: Bool, outputs: UnsafePointer<UnsafeMutablePointer<Float>>, rowStride: Int,
    residual: UnsafePointer<UnsafeMutablePointer<Float>>? = nil,
    secondResidual: UnsafePointer<UnsafeMutablePointer<Float>>? = nil, residualScale: Float = 1,
    gate: Gate = .none, residualRowStride: Int? = nil
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
    self.gate = gate
    self.residualRowStride = residualRowStride ?? rowStride
  }
}

@_alwaysEmitIntoClient @inline(__always)
public func transformOutput<Level: KernelLevel>(_ output: WinogradOutput, level: Level.Type) {
  // Each call passes constants, so that the tests for them are not in the loops.
  switch output.gate {
  case .none: break
  case .swish:
    return transformTiles(output, isActivated: false, residuals: 0, gate: .swish, level: level)
  case .attention:
    return transformTiles(output, isActivated: false, residuals: 1, gate: .attention, level: level)
  }
  if output.hasActivation && output.residual == nil {
    transformTiles(output, isActivated: true, residuals: 0, level: level)
  } else if output.hasActivation {
    transformTiles(output, isActivated: true, residuals: nil, level: level)
  } else if output.residual == nil {
    transformTiles(output, isActivated: false, residuals: 0, level: level)
  } else if output.secondResidual == nil {
    transformTiles(output, isActivated: false, residuals: 1, level: level)
  } else {
    transformTiles(output, isActivated: false, residuals: 2, level: level)
  }
}

/// `residuals` is how many there are, if that is known.
@_alwaysEmitIntoClient @inline(__always)
func transformTiles<Level: KernelLevel>(
  _ output: WinogradOutput, isActivated: Bool, residuals: Int?, gate: Gate = .none,
  level: Level.Type
) {
  typealias V = Level.Vector
  let whole = output.rows == 4 ? min(output.tiles, output.columns / 4) : 0
  var channel = 0
  while channel < output.group {
    let bias = loadVector(output.bias + channel, as: V.self)
    let destination = Destination<Level>(output, channel: channel)
    let difference = output.residualRowStride &- output.rowStride
    @inline(always) func finish(_ sums: V, at: Int, row: Int) {
      destination.store(
        sums, at: at, residualAt: at &+ row &* difference, isActivated: isActivated,
        residuals: residuals, gate: gate)
    }
    var tile = 0
    while tile < whole {
      // Residuals come from whole maps, in more streams than hardware prefetchers follow.
      var line = 0
      while line < 4 {
        let at = line &* output.rowStride &+ (tile &+ 2) &* 4 &* channelBlock
        destination.prefetch(
          at: at, residualAt: at &+ line &* difference, residuals: residuals)
        line &+= 1
      }
      transformTile(output, tile: tile, channel: channel, level) { row, values in
        let at = row &* output.rowStride &+ tile &* 4 &* channelBlock
        finish(values.0 + bias, at: at, row: row)
        finish(values.1 + bias, at: at &+ channelBlock, row: row)
        finish(values.2 + bias, at: at &+ 2 &* channelBlock, row: row)
        finish(values.3 + bias, at: at &+ 3 &* channelBlock, row: row)
      }
      tile &+= 1
    }
    while tile < output.tiles {
      let columns = output.columns &- tile &* 4
      transformTile(output, tile: tile, channel: channel, level) { row, values in
        guard row < output.rows else { return }
        let at = row &* output.rowStride &+ tile &* 4 &* channelBlock
        finish(values.0 + bias, at: at, row: row)
        if columns > 1 { finish(values.1 + bias, at: at &+ channelBlock, row: row) }
        if columns > 2 { finish(values.2 + bias, at: at &+ 2 &* channelBlock, row: row) }
        if columns > 3 { finish(values.3 + bias, at: at &+ 3 &* channelBlock, row: row) }
      }
      tile &+= 1
    }
    channel &+= V.scalarCount
  }
}

/// Hands over a tile's rows of four sums.
@_alwaysEmitIntoClient @inline(__always)
func transformTile<Level: KernelLevel>(
  _ output: WinogradOutput, tile: Int, channel: Int, _ level: Level.Type,
  _ finish: (Int, (Level.Vector, Level.Vector, Level.Vector, Level.Vector)) -> Void
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
  finish(0, Level.output((c0.0, c1.0, c2.0, c3.0, c4.0, c5.0)))
  finish(1, Level.output((c0.1, c1.1, c2.1, c3.1, c4.1, c5.1)))
  finish(2, Level.output((c0.2, c1.2, c2.2, c3.2, c4.2, c5.2)))
  finish(3, Level.output((c0.3, c1.3, c2.3, c3.3, c4.3, c5.3)))
}

/// `transformOutput` at the baseline.
@inline(never)
public func transformOutputBaseline(_ output: UnsafePointer<WinogradOutput>) {
  transformOutput(output.pointee, level: Baseline.self)
}
