import SystemSupport
import UpscaleKernels

/// Several Winograd convolutions computed together, one unit of rows after the other.
///
/// While layer 0 works on a unit (a row of 4x4 tiles, or a few where they are short), layer 1 works
/// on the unit behind it, layer 2 on the one behind that, and so on. The output of a layer is transformed
/// once, kept for all the layers that read it (in a dense block up to five), and overwritten when the
/// last has read it. Between layers there are only rings of a few rows; nothing of the size of the
/// picture is written.
///
/// Group 0 is the input map, group k + 1 the output of layer k. Layer k reads group k, or in a dense
/// block groups 0 … k.
///
/// Rows are split into as many bands as there are threads. Neighbouring bands start (or end) at
/// their common edge and hand each other the one row of pixels that the other's windows need, so
/// nothing is computed twice and no thread waits long. Several stages of the same shape can follow
/// each other in one run: then a thread that is ahead goes on with the next stage as soon as its
/// neighbours' edges are there. Wide pictures are cut into panels of columns, to keep the rings in
/// cache; there each layer computes a tile more on each side for every layer after it.
///
/// Tiles lie on one grid from the picture's corner, and each value is computed by the same
/// operations in the same order wherever bands and panels end: results are equal to the bit.
final class Wavefront: @unchecked Sendable {
  /// What is fixed when memory is taken.
  struct Shape {
    let inputChannels: Int
    /// Output channels of each layer.
    let layers: [Int]
    /// Whether each layer reads all groups before it, or only the last.
    let isDense: Bool
    /// Whether layer 0 reads its input enlarged by two.
    var isEnlarged = false
    /// Whether the last layer's rows are handed to a closure rather than written to a map.
    var emitsRows = false
    /// Whether the last layer of a chain has few outputs: it is computed directly, in floats whatever
    /// the precision, and its samples are handed to a closure.
    var endsNarrow = false
    var precision = Precision.exact

    /// Channels of each group.
    var groups: [Int] { [inputChannels] + layers }
    /// Transformed rows of tiles that a group takes: one for each block of 16 channels, or in
    /// integers of 32; none where no layer reads it transformed.
    func planes(ofGroup group: Int) -> Int {
      guard group < layers.count - (endsNarrow ? 1 : 0) else { return 0 }
      let blocks = FeatureMap.blocks(groups[group])
      return precision == .exact ? blocks : (blocks + 1) / 2
    }
    /// Blocks of 16 channels of the widest group.
    var widestBlocks: Int { groups.map(FeatureMap.blocks).max() ?? 0 }
  }

  /// Where the last layer's rows go.
  enum Target {
    case map(FeatureMap, residual: Convolution.Residual?)
    /// Takes a row's number, its planes (one pointer for each block of 16 channels, at column
    /// `columns.lowerBound`), and its columns. Called from any thread.
    case rows((Int, [UnsafePointer<Float>], Range<Int>) -> Void)
    /// The last layer, where it is narrow, and what takes a row's number, its columns, and its
    /// samples, `[x][outputs]`, from the first of these on. Called from any thread.
    case samples(NarrowConvolution, (Int, Range<Int>, UnsafePointer<Float>) -> Void)
  }

  /// One pass through all layers.
  struct Stage {
    /// One for each layer but a narrow one, and its transformed weights.
    let convolutions: [Convolution]
    let weights: [UnsafePointer<Float>]
    /// Group 0, with the rows that the wanted ones need. After the first stage it is the map that
    /// the stage before wrote.
    let input: FeatureMap
    let target: Target
    /// What is added to the first layer's output, in whose shape it is: only where that is not the
    /// last layer.
    var addition: FeatureMap?
    /// What is to hold the first layer's output, too.
    var copy: FeatureMap?
  }

  private let shape: Shape
  private let layout: WavefrontLayout
  private let bands: [WavefrontBand]
  private var balance: BandBalance
  /// Rises with each panel of each stage of each run; what the exchange's flags count.
  private var epoch = 0

  /// Bytes of a wavefront's memory; parameters as `init`'s.
  static func byteCount(_ shape: Shape, columns: Int, panel: Int, bands: Int) -> Int {
    let layout = WavefrontLayout(shape, columns: columns, panel: panel)
    let edges =
      2 * bands * layout.panelLimit * (shape.layers.count - 1) * shape.widestBlocks
      * layout.ringRowFloats
    return bands * AlignedBuffer.byteCount(layout.size) + AlignedBuffer.byteCount(edges)
      + AlignedBuffer.byteCount(layout.ringRowFloats)
  }

  /// - Parameters:
  ///   - shape: the layers.
  ///   - columns: columns of tiles of the widest picture (of the layers' output).
  ///   - panel: columns of tiles of a panel, at most.
  ///   - bands: threads, at most.
  /// - Throws: `.memory` without memory.
  init(_ shape: Shape, columns: Int, panel: Int, bands: Int) throws(UpscaleError) {
    precondition(
      !shape.endsNarrow || !shape.isDense && shape.layers.count > 1,
      "a narrow layer ends a chain")
    self.shape = shape
    let layout = WavefrontLayout(shape, columns: columns, panel: panel)
    self.layout = layout
    let exchange = try EdgeExchange(
      edges: 2 * bands, groups: shape.layers.count, panels: layout.panelLimit,
      blocks: shape.widestBlocks, rowFloats: layout.ringRowFloats)
    let zeros = try AlignedBuffer(count: layout.ringRowFloats)
    var memory: [WavefrontBand] = []
    for _ in 0..<bands {
      memory.append(
        try WavefrontBand(shape, layout: layout, exchange: exchange, zeros: zeros))
    }
    self.bands = memory
    balance = BandBalance(bands: bands)
  }

  /// Everything that all bands of one run share.
  struct Run {
    let stages: [Stage]
    /// The layers' outputs, in pixels and in tiles.
    let width: Int
    let height: Int
    let tileColumns: Int
    let tileRows: Int
    /// Tile rows that the last layer computes, split into bands.
    let bands: [Range<Int>]
    let panels: Int
    let kernels: Kernels
    let epoch: Int
  }

  /// One band's share of one panel in one stage.
  struct Pass {
    let run: Run
    let stage: Stage
    let stageIndex: Int
    let band: Int
    /// The band's rows of tiles.
    let rows: Range<Int>
    let panel: Int
    /// Columns of tiles that each layer computes.
    let columns: [Range<Int>]
    /// What flags are raised to when something of this pass is done.
    let epoch: Int
    /// What they were raised to at the end of the stage before.
    let epochBefore: Int

    /// The band's rows of tiles and so many more on either side, where no other band computes them.
    func rows(withExtra extra: Int) -> Range<Int> {
      let start = hasBandAbove ? rows.lowerBound : max(0, rows.lowerBound - extra)
      let end = hasBandBelow ? rows.upperBound : min(run.tileRows, rows.upperBound + extra)
      return start..<end
    }

    /// The panel's first column of tiles.
    var base: Int { columns[0].lowerBound }
    var hasBandAbove: Bool { band > 0 }
    var hasBandBelow: Bool { band < run.bands.count - 1 }
  }

  /// Computes rows of the last layer's output, stage after stage.
  ///
  /// - Parameters:
  ///   - stages: all with maps of one size; later ones only where `rows` are all rows.
  ///   - height: the layers' height in pixels (the input map may hold a part of it).
  ///   - rows: the rows wanted, in pixels; tiles at their ends are computed whole.
  ///   - engine: kernels and threads.
  func run(_ stages: [Stage], height: Int, rows: Range<Int>, on engine: Engine) {
    precondition(
      shape.precision == .exact || engine.kernels.integer != nil,
      "only levels with integer kernels compute in integers")
    let inputWidth = stages[0].input.width
    let width = shape.isEnlarged ? 2 * inputWidth : inputWidth
    let tileRows = rows.lowerBound / Winograd.tileSide..<Winograd.tileCount(rows.upperBound)
    let tileColumns = Winograd.tileCount(width)
    let unitRows = layout.unitRows
    let units = tileRows.lowerBound / unitRows..<(tileRows.upperBound - 1) / unitRows + 1
    // Bands wait for one another: no more than there are threads for.
    let count = min(bands.count, engine.pool.concurrency, units.count)
    let split = balance.split(units, among: count)
    let run = Run(
      stages: stages, width: width, height: height, tileColumns: tileColumns,
      tileRows: Winograd.tileCount(height),
      bands: split.map {
        ($0.lowerBound * unitRows..<$0.upperBound * unitRows).clamped(to: tileRows)
      }, panels: (tileColumns + layout.panelCore - 1) / layout.panelCore,
      kernels: engine.kernels, epoch: epoch)
    epoch += stages.count * layout.panelLimit
    engine.pool.parallelFor(count) { band in
      let start = monotonicSeconds()
      bands[band].secondsWaited = 0
      for stage in stages.indices {
        for panel in 0..<run.panels {
          bands[band].compute(pass(run, stage: stage, band: band, panel: panel))
        }
      }
      bands[band].secondsWorked = monotonicSeconds() - start - bands[band].secondsWaited
    }
    if count > 1 { balance.learn(split, seconds: bands[..<count].map(\.secondsWorked)) }
  }

  private func pass(_ run: Run, stage: Int, band: Int, panel: Int) -> Pass {
    let core =
      panel * run.tileColumns / run.panels..<(panel + 1) * run.tileColumns / run.panels
    let layers = shape.layers.count
    let epochBefore = run.epoch + (stage - 1) * layout.panelLimit + run.panels
    return Pass(
      run: run, stage: run.stages[stage], stageIndex: stage, band: band, rows: run.bands[band],
      panel: panel,
      columns: (0..<layers).map { layer in
        let extra = layers - 1 - layer
        return max(0, core.lowerBound - extra)..<min(run.tileColumns, core.upperBound + extra)
      }, epoch: run.epoch + stage * layout.panelLimit + panel + 1, epochBefore: epochBefore)
  }
}
