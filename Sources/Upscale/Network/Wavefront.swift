import UpscaleKernels

/// Several Winograd convolutions computed together, one unit of rows after the other.
///
/// While layer 0 works on a unit (a row of 4x4 tiles, or a few where they are short), layer 1 works
/// on the unit behind it, layer 2 on the one behind that, and so on: what a layer hands on is transformed once, kept for all the layers
/// that read it (in a dense block up to five), and forgotten when the last has passed. Between
/// layers there are only rings of a few rows; nothing of the size of the picture is written.
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
    var precision = Precision.exact

    /// Channels of each group.
    var groups: [Int] { [inputChannels] + layers }
    /// Transformed rows of tiles that a group takes: one for each block of 16 channels, or in
    /// integers of 32.
    func planes(ofGroup group: Int) -> Int {
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
  }

  /// One pass through all layers.
  struct Stage {
    /// One for each layer, and its transformed weights.
    let convolutions: [Convolution]
    let weights: [UnsafePointer<Float>]
    /// Group 0, with the rows that the wanted ones need. After the first stage it is the map that
    /// the stage before wrote.
    let input: FeatureMap
    let target: Target
  }

  private let shape: Shape
  /// Blocks of 16 channels of each group, and the planes of its transformed tiles.
  private let blocks: [Int]
  private let planes: [Int]
  private let layout: WavefrontLayout
  private let bandLimit: Int
  private var layerCount: Int { shape.layers.count }
  private var panelCore: Int { layout.panelCore }
  private var panelLimit: Int { layout.panelLimit }
  private var positionStride: Int { layout.positionStride }
  private var ringRowFloats: Int { layout.ringRowFloats }
  private var unitRows: Int { layout.unitRows }

  private let scratch: [AlignedBuffer]
  private let zeros: AlignedBuffer

  private let exchange: EdgeExchange
  /// Rises with each panel of each stage of each run; what the exchange's flags count.
  private var epoch = 0

  /// Bytes of a wavefront's memory; parameters as `init`'s.
  static func byteCount(_ shape: Shape, columns: Int, panel: Int, bands: Int) -> Int {
    let layout = WavefrontLayout(shape, columns: columns, panel: panel)
    let edges =
      2 * bands * layout.panelLimit * (shape.layers.count - 1) * shape.widestBlocks
      * layout.ringRowFloats
    return (bands * layout.size + edges + layout.ringRowFloats) * MemoryLayout<Float>.size
  }

  /// - Parameters:
  ///   - shape: the layers.
  ///   - columns: columns of tiles of the widest picture (of the layers' output).
  ///   - panel: columns of tiles of a panel, at most.
  ///   - bands: threads, at most.
  /// - Throws: kind `.tryLater` without memory.
  init(_ shape: Shape, columns: Int, panel: Int, bands: Int) throws(UpscaleError) {
    self.shape = shape
    blocks = shape.groups.map(FeatureMap.blocks)
    planes = shape.groups.indices.map(shape.planes)
    bandLimit = bands
    layout = WavefrontLayout(shape, columns: columns, panel: panel)
    var scratch: [AlignedBuffer] = []
    for _ in 0..<bands { scratch.append(try AlignedBuffer(count: layout.size)) }
    self.scratch = scratch
    zeros = try AlignedBuffer(count: layout.ringRowFloats)
    exchange = try EdgeExchange(
      edges: 2 * bands, groups: shape.layers.count, panels: layout.panelLimit,
      blocks: shape.widestBlocks, rowFloats: layout.ringRowFloats)
  }

  // MARK: One run

  /// Everything that all bands of one run share.
  private struct Run {
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
  private struct Pass {
    let run: Run
    let stageIndex: Int
    let band: Int
    let panel: Int
    /// Columns of tiles that each layer computes.
    let columns: [Range<Int>]
    /// What flags are raised to when something of this pass is done.
    let epoch: Int

    var stage: Stage { run.stages[stageIndex] }
    /// The band's rows of tiles.
    var rows: Range<Int> { run.bands[band] }
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
    let units = tileRows.lowerBound / unitRows..<(tileRows.upperBound - 1) / unitRows + 1
    let bands = min(bandLimit, engine.pool.count, units.count)
    let run = Run(
      stages: stages, width: width, height: height, tileColumns: tileColumns,
      tileRows: Winograd.tileCount(height),
      bands: (0..<bands).map { band in
        func start(_ band: Int) -> Int {
          (units.lowerBound + units.count * band / bands) * unitRows
        }
        return (start(band)..<start(band + 1)).clamped(to: tileRows)
      }, panels: (tileColumns + panelCore - 1) / panelCore, kernels: engine.kernels,
      epoch: epoch)
    epoch += stages.count * panelLimit
    engine.pool.parallelFor(bands) { band in
      for stage in stages.indices {
        for panel in 0..<run.panels {
          compute(pass(run, stage: stage, band: band, panel: panel))
        }
      }
    }
  }

  private func pass(_ run: Run, stage: Int, band: Int, panel: Int) -> Pass {
    let core =
      panel * run.tileColumns / run.panels..<(panel + 1) * run.tileColumns / run.panels
    return Pass(
      run: run, stageIndex: stage, band: band, panel: panel,
      columns: (0..<layerCount).map { layer in
        let extra = layerCount - 1 - layer
        return max(0, core.lowerBound - extra)..<min(run.tileColumns, core.upperBound + extra)
      }, epoch: run.epoch + stage * panelLimit + panel + 1)
  }

  private func compute(_ pass: Pass) {
    clearEdges(pass)
    // Even bands go up from their lower edge, odd ones down from their upper edge, so that both
    // sides of an edge are worked on at the same time. A single band goes down.
    let goesUp = pass.band % 2 == 0 && pass.run.bands.count > 1
    let rows = (0..<layerCount).map { layer in
      let extra = layerCount - 1 - layer
      let start = pass.hasBandAbove ? pass.rows.lowerBound : max(0, pass.rows.lowerBound - extra)
      let end =
        pass.hasBandBelow
        ? pass.rows.upperBound : min(pass.run.tileRows, pass.rows.upperBound + extra)
      return start..<end
    }
    let units = rows[0].lowerBound / unitRows..<(rows[0].upperBound - 1) / unitRows + 1
    for step in 0..<units.count + layerCount - 1 {
      for layer in 0..<layerCount {
        let behind = step - layer
        let unit = goesUp ? units.upperBound - 1 - behind : units.lowerBound + behind
        let own = (unit * unitRows..<(unit + 1) * unitRows).clamped(to: rows[layer])
        guard !own.isEmpty else { continue }
        for chunk in layout.chunks(of: pass.columns[layer]) {
          for row in own { transform(pass, group: layer, row: row, columns: chunk) }
          multiply(pass, layer: layer, rows: own, columns: chunk)
        }
        for row in own {
          if layer == layerCount - 1 { emit(pass, row: row) }
          publish(pass, group: layer + 1, row: row)
        }
      }
    }
  }

  // MARK: Input

  /// Zeroes what lies left and right of the picture in the rings.
  private func clearEdges(_ pass: Pass) {
    let left = pass.base == 0
    let right = pass.columns[0].upperBound == pass.run.tileColumns
    guard left || right, layerCount > 1 else { return }
    let first = (pass.run.width - pass.base * Winograd.tileSide + 1) * channelBlock
    for group in 1..<layerCount {
      for row in 0..<blocks[group] * layout.ringRows {
        let line =
          scratch[pass.band].pointer + layout.ringOffsets[group] + row * ringRowFloats
        if left { line.update(repeating: 0, count: channelBlock) }
        if right { (line + first).update(repeating: 0, count: ringRowFloats - first) }
      }
    }
  }

  /// Transforms a row of tiles of a group, in some of the columns that its own layer computes.
  private func transform(_ pass: Pass, group: Int, row: Int, columns: Range<Int>) {
    let place = transformedPlace(pass, columns)
    let isEnlarged = group == 0 && shape.isEnlarged
    let side = isEnlarged ? Winograd.tileSide / 2 : Winograd.tileSide
    let skipped = (columns.lowerBound - pass.columns[group].lowerBound) * side * channelBlock
    let blocks = blocks[group]
    withUnsafeTemporaryAllocation(of: UnsafePointer<Float>.self, capacity: 12) { lines in
      guard let pointers = UnsafePointer(lines.baseAddress) else { return }
      for plane in 0..<planes[group] {
        let target = transformed(band: pass.band, group: group, plane: plane, row: row)
        switch shape.precision {
        case .exact:
          windowLines(
            pass, group: group, block: plane, row: row, skipped: skipped, lines, from: 0)
          var call = WinogradInput(
            rows: pointers, tiles: columns.count, isEnlarged: isEnlarged,
            output: target + place * channelBlock, positionStride: positionStride)
          pass.run.kernels.transformInput(&call)
        case .fast:
          windowLines(
            pass, group: group, block: 2 * plane, row: row, skipped: skipped, lines, from: 0)
          if 2 * plane + 1 < blocks {
            windowLines(
              pass, group: group, block: 2 * plane + 1, row: row, skipped: skipped, lines, from: 6)
          } else {
            for line in 6..<12 { lines.initializeElement(at: line, to: zeros.pointer) }
          }
          var call = IntegerInput(
            first: pointers, second: pointers + 6, tiles: columns.count, isEnlarged: isEnlarged,
            output: target + place * channelBlock, positionStride: positionStride,
            scales: scales(band: pass.band, group: group, plane: plane, row: row)
              + place * Winograd.positions,
            scratch: scratch[pass.band].pointer + layout.integerScratchOffset)
          pass.run.kernels.integer?.transformInput(&call)
        }
      }
    }
  }

  /// Points to the six lines that a row of tiles reads of one block, `skipped` floats from the
  /// layer's first column.
  private func windowLines(
    _ pass: Pass, group: Int, block: Int, row: Int, skipped: Int,
    _ lines: UnsafeMutableBufferPointer<UnsafePointer<Float>>, from: Int
  ) {
    let top = row * Winograd.tileSide - 1
    for line in 0..<6 {
      lines.initializeElement(
        at: from + line,
        to: group == 0
          ? inputLine(pass, block: block, y: top + line) + skipped
          : ringLine(pass, group: group, block: block, y: top + line) + skipped)
    }
  }

  /// A line of the input map, at the pixel left of layer 0's first column.
  private func inputLine(_ pass: Pass, block: Int, y: Int) -> UnsafePointer<Float> {
    let map = pass.stage.input
    let height = pass.run.height
    let inside = max(-1, min(y, height))
    let column = pass.columns[0].lowerBound
    let plane = map.plane(block)
    if shape.isEnlarged {
      let line = inside < 0 ? -1 : (inside == height ? (height + 1) / 2 : inside / 2)
      return UnsafePointer(plane + map.offset(row: line) + (2 * column - 1) * channelBlock)
    }
    if pass.stageIndex > 0, let edge = foreignEdge(pass, y: inside) {
      // The last panel's epoch of the stage before: then its whole row is there.
      let epoch = pass.run.epoch + (pass.stageIndex - 1) * panelLimit + pass.run.panels
      exchange.wait(edge: edge, group: layerCount, for: epoch)
    }
    return UnsafePointer(
      plane + map.offset(row: inside) + (column * Winograd.tileSide - 1) * channelBlock)
  }

  /// A line of a layer's output, at the pixel left of the first column of the next layer: zeros
  /// beyond the picture, a neighbour's edge beyond the band, and the ring otherwise.
  private func ringLine(
    _ pass: Pass, group: Int, block: Int, y: Int
  ) -> UnsafePointer<Float> {
    if y < 0 || y >= pass.run.height { return UnsafePointer(zeros.pointer) }
    let skipped =
      (pass.columns[group].lowerBound - pass.base) * Winograd.tileSide * channelBlock
    if let edge = foreignEdge(pass, y: y) {
      exchange.wait(edge: edge, group: group, for: pass.epoch)
      return UnsafePointer(
        exchange.row(edge: edge, group: group, panel: pass.panel, block: block) + skipped)
    }
    return UnsafePointer(ring(band: pass.band, group: group, block: block, y: y) + skipped)
  }

  // MARK: Products and output

  private func multiply(_ pass: Pass, layer: Int, rows: Range<Int>, columns: Range<Int>) {
    let convolution = pass.stage.convolutions[layer]
    let place = transformedPlace(pass, columns)
    var inputs: [UnsafePointer<Float>] = []
    var inputScales: [UnsafePointer<Float>] = []
    for group in shape.isDense ? 0...layer : layer...layer {
      for plane in 0..<planes[group] {
        let (band, row) = (pass.band, rows.lowerBound)
        inputs.append(
          UnsafePointer(
            transformed(band: band, group: group, plane: plane, row: row) + place * channelBlock))
        guard shape.precision == .fast else { continue }
        inputScales.append(
          UnsafePointer(
            scales(band: band, group: group, plane: plane, row: row)
              + place * Winograd.positions))
      }
    }
    let lanes =
      shape.precision == .exact
      ? convolution.inputLanes : Array(repeating: channelBlock, count: inputs.count)
    for group in 0..<convolution.groupCount {
      let channels = convolution.channels(ofGroup: group)
      let weights =
        pass.stage.weights[layer]
        + convolution.transformedOffset(ofGroup: group, shape.precision)
      inputs.withUnsafeBufferPointer { inputs in
        inputScales.withUnsafeBufferPointer { inputScales in
          lanes.withUnsafeBufferPointer { lanes in
            guard let input = inputs.baseAddress, let lane = lanes.baseAddress else { return }
            var call = WinogradProduct(
              inputs: input, inputLanes: lane, inputBlocks: inputs.count,
              inputPositionStride: positionStride,
              inputRowStride: layout.chunkTiles * channelBlock, rows: rows.count,
              tiles: columns.count, weights: weights,
              weightPositionStride: convolution.positionStride(
                ofGroup: group, shape.precision), group: channels,
              output: scratch[pass.band].pointer + layout.productOffset,
              outputPositionStride: layout.productStride,
              outputRowStride: layout.productRowStride)
            switch shape.precision {
            case .exact:
              pass.run.kernels.multiplyTiles(&call)
            case .fast:
              guard let scales = inputScales.baseAddress else { return }
              call.scales = ProductScales(
                inputs: scales, inputRowStride: layout.chunkTiles * Winograd.positions,
                weights: weights + convolution.scalesOffset(ofGroup: group))
              pass.run.kernels.integer?.multiplyTiles(&call)
            }
          }
        }
      }
      for row in rows {
        output(
          pass, layer: layer, row: row, columns: columns, outputGroup: group,
          products: scratch[pass.band].pointer + layout.productOffset
            + (row - rows.lowerBound) * layout.productRowStride)
      }
    }
  }

  private func output(
    _ pass: Pass, layer: Int, row: Int, columns: Range<Int>, outputGroup: Int,
    products: UnsafePointer<Float>
  ) {
    let convolution = pass.stage.convolutions[layer]
    let channels = convolution.channels(ofGroup: outputGroup)
    let firstBlock = outputGroup * 2
    let blocks = firstBlock..<firstBlock + channels / channelBlock
    let y = row * Winograd.tileSide
    let x = columns.lowerBound * Winograd.tileSide
    var targets: [UnsafeMutablePointer<Float>] = []
    var skips: [UnsafeMutablePointer<Float>] = []
    var outers: [UnsafeMutablePointer<Float>] = []
    var rowStride = ringRowFloats
    var scale: Float = 1
    if layer == layerCount - 1, case .map(let map, let residual) = pass.stage.target {
      rowStride = map.rowStride
      let offset = map.offset(row: y) + x * channelBlock
      targets = blocks.map { map.plane($0) + offset }
      if let residual {
        scale = residual.scale
        skips = blocks.map { residual.skip.plane($0) + offset }
        if let outer = residual.outer { outers = blocks.map { outer.plane($0) + offset } }
      }
    } else {
      let skipped = ((columns.lowerBound - pass.base) * Winograd.tileSide + 1) * channelBlock
      targets = blocks.map {
        ring(band: pass.band, group: layer + 1, block: $0, y: y) + skipped
      }
    }
    targets.withUnsafeBufferPointer { targets in
      skips.withUnsafeBufferPointer { skips in
        outers.withUnsafeBufferPointer { outers in
          guard let target = targets.baseAddress else { return }
          var call = WinogradOutput(
            products: products, productPositionStride: layout.productStride, tiles: columns.count,
            rows: min(Winograd.tileSide, pass.run.height - y), columns: pass.run.width - x,
            group: channels, bias: convolution.bias(ofGroup: outputGroup),
            slope: convolution.slope(ofGroup: outputGroup),
            hasActivation: convolution.isActivated, outputs: target, rowStride: rowStride,
            residual: skips.isEmpty ? nil : skips.baseAddress,
            secondResidual: outers.isEmpty ? nil : outers.baseAddress, residualScale: scale)
          pass.run.kernels.transformOutput(&call)
        }
      }
    }
  }

  /// Hands the last layer's rows to the closure that wants them.
  private func emit(_ pass: Pass, row: Int) {
    guard case .rows(let take) = pass.stage.target else { return }
    let columns = pass.columns[layerCount - 1]
    let side = Winograd.tileSide
    let skipped = ((columns.lowerBound - pass.base) * side + 1) * channelBlock
    for y in row * side..<min((row + 1) * side, pass.run.height) {
      let planes = (0..<blocks[layerCount]).map {
        UnsafePointer(ring(band: pass.band, group: layerCount, block: $0, y: y) + skipped)
      }
      take(y, planes, columns.lowerBound * side..<min(columns.upperBound * side, pass.run.width))
    }
  }

  // MARK: Edges between bands

  /// The neighbour's edge that a row of pixels belongs to, if it lies beyond the band.
  ///
  /// Edge 2b is band b's upper one, 2b + 1 its lower one.
  private func foreignEdge(_ pass: Pass, y: Int) -> Int? {
    guard y >= 0, y < pass.run.height else { return nil }
    let row = y / Winograd.tileSide
    if pass.hasBandAbove, row < pass.rows.lowerBound { return 2 * pass.band - 1 }
    if pass.hasBandBelow, row >= pass.rows.upperBound { return 2 * pass.band + 2 }
    return nil
  }

  /// Lets the neighbours have the row of pixels at the band's edge. The last layer's is in a map,
  /// where they find it; others are copied to where the ring does not overwrite them.
  private func publish(_ pass: Pass, group: Int, row: Int) {
    let side = Winograd.tileSide
    if pass.hasBandAbove, row == pass.rows.lowerBound {
      publish(pass, group: group, edge: 2 * pass.band, y: row * side)
    }
    if pass.hasBandBelow, row == pass.rows.upperBound - 1 {
      publish(pass, group: group, edge: 2 * pass.band + 1, y: row * side + side - 1)
    }
  }

  private func publish(_ pass: Pass, group: Int, edge: Int, y: Int) {
    if group < layerCount {
      for block in 0..<blocks[group] {
        exchange.row(edge: edge, group: group, panel: pass.panel, block: block).update(
          from: ring(band: pass.band, group: group, block: block, y: y), count: ringRowFloats)
      }
    }
    exchange.raise(edge: edge, group: group, to: pass.epoch)
  }

  // MARK: Scratch memory

  /// The transformed row of tiles of one plane, at the panel's first column.
  private func transformed(
    band: Int, group: Int, plane: Int, row: Int
  ) -> UnsafeMutablePointer<Float> {
    transformedPlane(band: band, group: group, plane: plane, row: row)
      + row % unitRows * layout.chunkTiles * channelBlock
  }

  /// The scales of its integers.
  private func scales(
    band: Int, group: Int, plane: Int, row: Int
  ) -> UnsafeMutablePointer<Float> {
    transformedPlane(band: band, group: group, plane: plane, row: row) + layout.scalesOffset
      + row % unitRows * layout.chunkTiles * Winograd.positions
  }

  /// Where transformed tiles lie in their row: a dense block keeps all of a panel's, a chain only
  /// those it works on.
  private func transformedPlace(_ pass: Pass, _ columns: Range<Int>) -> Int {
    shape.isDense ? columns.lowerBound - pass.base : 0
  }

  private func transformedPlane(
    band: Int, group: Int, plane: Int, row: Int
  ) -> UnsafeMutablePointer<Float> {
    let slot = shape.isDense ? row / unitRows % (layerCount - group) : 0
    let index = slot * planes[group] + plane
    return scratch[band].pointer + layout.transformedOffsets[group] + index * layout.planeFloats
  }

  /// A line of a ring, at the pixel left of the panel's first column.
  private func ring(
    band: Int, group: Int, block: Int, y: Int
  ) -> UnsafeMutablePointer<Float> {
    scratch[band].pointer + layout.ringOffsets[group]
      + (block * layout.ringRows + y % layout.ringRows) * ringRowFloats
  }
}
