import SystemSupport
import UpscaleKernels

/// One thread's part of a `Wavefront`: a band of rows, the memory for it, and what is done there.
///
/// `@unchecked Sendable`: one thread at a time computes a band.
final class WavefrontBand: @unchecked Sendable {
  private let shape: Wavefront.Shape
  private let layout: WavefrontLayout
  private let exchange: EdgeExchange
  private let zeros: AlignedBuffer
  private let scratch: AlignedBuffer
  /// Blocks of 16 channels of each group, and the planes of its transformed tiles.
  private let blocks: [Int]
  private let planes: [Int]
  private let layerCount: Int

  /// What a run took without waiting for other bands, and the waiting.
  var (secondsWorked, secondsWaited) = (0.0, 0.0)

  // What kernels are handed, made anew for each call without taking memory for it.
  private let lines: PointerTable<UnsafePointer<Float>>
  private let inputs: PointerTable<UnsafePointer<Float>>
  private let inputScales: PointerTable<UnsafePointer<Float>>
  private let targets = PointerTable<UnsafeMutablePointer<Float>>(count: 2)
  private let skips = PointerTable<UnsafeMutablePointer<Float>>(count: 2)
  private let outers = PointerTable<UnsafeMutablePointer<Float>>(count: 2)

  init(
    _ shape: Wavefront.Shape, layout: WavefrontLayout, exchange: EdgeExchange,
    zeros: AlignedBuffer
  ) throws(UpscaleError) {
    self.shape = shape
    self.layout = layout
    self.exchange = exchange
    self.zeros = zeros
    scratch = try AlignedBuffer(count: layout.size)
    layerCount = shape.layers.count
    blocks = shape.groups.map(FeatureMap.blocks)
    planes = shape.groups.indices.map(shape.planes)
    let count = planes.reduce(0, +)
    lines = PointerTable(count: max(12, 3 * shape.widestBlocks))
    inputs = PointerTable(count: count)
    inputScales = PointerTable(count: count)
  }

  func compute(_ pass: Wavefront.Pass) {
    clearEdges(pass)
    // Even bands go up from their lower edge, odd ones down from their upper edge, so that both
    // sides of an edge are worked on at the same time. A single band goes down.
    let goesUp = pass.band % 2 == 0 && pass.run.bands.count > 1
    let rows = (0..<layerCount).map { pass.rows(withExtra: layerCount - 1 - $0) }
    let chunks = pass.columns.map(layout.chunks)
    let unitRows = layout.unitRows
    let units = rows[0].lowerBound / unitRows..<(rows[0].upperBound - 1) / unitRows + 1
    for step in 0..<units.count + layerCount - 1 {
      for layer in 0..<layerCount {
        let behind = step - layer
        let unit = goesUp ? units.upperBound - 1 - behind : units.lowerBound + behind
        let own = (unit * unitRows..<(unit + 1) * unitRows).clamped(to: rows[layer])
        guard !own.isEmpty else { continue }
        if shape.endsNarrow, layer == layerCount - 1 {
          for row in own {
            emitSamples(pass, row: row)
            publish(pass, group: layer + 1, row: row)
          }
          continue
        }
        for chunk in chunks[layer] {
          for row in own { transform(pass, group: layer, row: row, columns: chunk) }
          multiply(pass, layer: layer, rows: own, columns: chunk)
        }
        for row in own {
          if layer == layerCount - 1 { emit(pass, row: row) }
          if layer == 0, let copy = pass.stage.copy { keep(pass, row: row, in: copy) }
          publish(pass, group: layer + 1, row: row)
        }
      }
    }
  }

  // MARK: Input

  /// Zeroes what lies left and right of the picture in the rings.
  private func clearEdges(_ pass: Wavefront.Pass) {
    let left = pass.base == 0
    let right = pass.columns[0].upperBound == pass.run.tileColumns
    guard left || right, layerCount > 1 else { return }
    let first = (pass.run.width - pass.base * Winograd.tileSide + 1) * channelBlock
    for group in 1..<layerCount {
      for row in 0..<blocks[group] * layout.ringRows {
        let line = scratch.pointer + layout.ringOffsets[group] + row * layout.ringRowFloats
        if left { line.update(repeating: 0, count: channelBlock) }
        if right { (line + first).update(repeating: 0, count: layout.ringRowFloats - first) }
      }
    }
  }

  /// Transforms a row of tiles of a group, in some of the columns that its own layer computes.
  private func transform(_ pass: Wavefront.Pass, group: Int, row: Int, columns: Range<Int>) {
    let place = transformedPlace(pass, columns)
    let isEnlarged = group == 0 && shape.isEnlarged
    let side = isEnlarged ? Winograd.tileSide / 2 : Winograd.tileSide
    let skipped = (columns.lowerBound - pass.columns[group].lowerBound) * side * channelBlock
    for plane in 0..<planes[group] {
      let target = transformed(group: group, plane: plane, row: row)
      switch shape.precision {
      case .exact:
        windowLines(pass, group: group, block: plane, row: row, skipped: skipped, from: 0)
        var call = WinogradInput(
          rows: lines.pointer, tiles: columns.count, isEnlarged: isEnlarged,
          output: target + place * channelBlock, positionStride: layout.positionStride)
        pass.run.kernels.transformInput(&call)
      case .fast:
        windowLines(pass, group: group, block: 2 * plane, row: row, skipped: skipped, from: 0)
        if 2 * plane + 1 < blocks[group] {
          windowLines(
            pass, group: group, block: 2 * plane + 1, row: row, skipped: skipped, from: 6)
        } else {
          for line in 6..<12 { lines[line] = UnsafePointer(zeros.pointer) }
        }
        var call = IntegerInput(
          first: lines.pointer, second: lines.pointer + 6, tiles: columns.count,
          isEnlarged: isEnlarged, output: target + place * channelBlock,
          positionStride: layout.positionStride,
          scales: scales(group: group, plane: plane, row: row) + place * Winograd.positions,
          scratch: scratch.pointer + layout.integerScratchOffset)
        pass.run.kernels.integer?.transformInput(&call)
      }
    }
  }

  /// Points to the six lines that a row of tiles reads of one block, `skipped` floats from the
  /// layer's first column.
  private func windowLines(
    _ pass: Wavefront.Pass, group: Int, block: Int, row: Int, skipped: Int, from: Int
  ) {
    let top = row * Winograd.tileSide - 1
    for line in 0..<6 {
      lines[from + line] =
        (group == 0
          ? inputLine(pass, block: block, y: top + line)
          : ringLine(pass, group: group, block: block, y: top + line)) + skipped
    }
  }

  /// A line of the input map, at the pixel left of layer 0's first column.
  private func inputLine(_ pass: Wavefront.Pass, block: Int, y: Int) -> UnsafePointer<Float> {
    let map = pass.stage.input
    let height = pass.run.height
    let inside = max(-1, min(y, height))
    let column = pass.base
    let plane = map.plane(block)
    if shape.isEnlarged {
      let line = inside < 0 ? -1 : (inside == height ? (height + 1) / 2 : inside / 2)
      return UnsafePointer(plane + map.offset(row: line) + (2 * column - 1) * channelBlock)
    }
    if pass.stageIndex > 0, let edge = foreignEdge(pass, y: inside) {
      secondsWaited += exchange.wait(edge: edge, group: layerCount, for: pass.epochBefore)
    }
    return UnsafePointer(
      plane + map.offset(row: inside) + (column * Winograd.tileSide - 1) * channelBlock)
  }

  /// A line of a layer's output, at the pixel left of the first column of the next layer: zeros
  /// beyond the picture, a neighbour's edge beyond the band, and the ring otherwise.
  private func ringLine(
    _ pass: Wavefront.Pass, group: Int, block: Int, y: Int
  ) -> UnsafePointer<Float> {
    if y < 0 || y >= pass.run.height { return UnsafePointer(zeros.pointer) }
    let skipped =
      (pass.columns[group].lowerBound - pass.base) * Winograd.tileSide * channelBlock
    if let edge = foreignEdge(pass, y: y) {
      secondsWaited += exchange.wait(edge: edge, group: group, for: pass.epoch)
      return UnsafePointer(
        exchange.row(edge: edge, group: group, panel: pass.panel, block: block) + skipped)
    }
    return UnsafePointer(ring(group: group, block: block, y: y) + skipped)
  }

  // MARK: Products and output

  private func multiply(
    _ pass: Wavefront.Pass, layer: Int, rows: Range<Int>, columns: Range<Int>
  ) {
    let place = transformedPlace(pass, columns)
    let precision = shape.precision
    var count = 0
    for group in shape.isDense ? 0...layer : layer...layer {
      for plane in 0..<planes[group] {
        inputs[count] = UnsafePointer(
          transformed(group: group, plane: plane, row: rows.lowerBound) + place * channelBlock)
        if precision == .fast {
          inputScales[count] = UnsafePointer(
            scales(group: group, plane: plane, row: rows.lowerBound) + place * Winograd.positions)
        }
        count += 1
      }
    }
    let convolution = pass.stage.convolutions[layer]
    for groups in convolution.equalGroups {
      let first = groups.lowerBound
      let weights =
        pass.stage.weights[layer] + convolution.transformedOffset(ofGroup: first, precision)
      convolution.lanes(precision).withUnsafeBufferPointer { lanes in
        guard let lanes = lanes.baseAddress else { return }
        var call = WinogradProduct(
          inputs: inputs.pointer, inputLanes: lanes, inputBlocks: count,
          inputPositionStride: layout.positionStride,
          inputRowStride: layout.chunkTiles * channelBlock, rows: rows.count,
          tiles: columns.count, weights: weights,
          weightPositionStride: convolution.positionStride(ofGroup: first, precision),
          group: convolution.channels(ofGroup: first),
          output: scratch.pointer + layout.productOffset,
          outputPositionStride: layout.productStride,
          outputRowStride: layout.productRowStride, groups: groups.count,
          weightGroupStride: convolution.transformedOffset(ofGroup: 1, precision),
          outputGroupStride: layout.productFloats)
        switch precision {
        case .exact:
          pass.run.kernels.multiplyTiles(&call)
        case .fast:
          call.scales = ProductScales(
            inputs: inputScales.pointer, inputRowStride: layout.chunkTiles * Winograd.positions,
            weights: weights + convolution.scalesOffset(ofGroup: first))
          pass.run.kernels.integer?.multiplyTiles(&call)
        }
      }
      for group in groups {
        for row in rows {
          output(
            pass, layer: layer, row: row, columns: columns, outputGroup: group,
            products: scratch.pointer + layout.productOffset
              + (group - first) * layout.productFloats
              + (row - rows.lowerBound) * layout.productRowStride)
        }
      }
    }
  }

  private func output(
    _ pass: Wavefront.Pass, layer: Int, row: Int, columns: Range<Int>, outputGroup: Int,
    products: UnsafePointer<Float>
  ) {
    let convolution = pass.stage.convolutions[layer]
    let channels = convolution.channels(ofGroup: outputGroup)
    let (x, y) = (columns.lowerBound * Winograd.tileSide, row * Winograd.tileSide)
    var rowStride = layout.ringRowFloats
    var (residual, residualRowStride) = (Convolution.Residual?.none, Int?.none)
    if layer == layerCount - 1, case .map(let map, let after) = pass.stage.target {
      rowStride = map.rowStride
      residual = after
      let offset = map.offset(row: y) + x * channelBlock
      for index in 0..<channels / channelBlock {
        let block = 2 * outputGroup + index
        targets[index] = map.plane(block) + offset
        if let after { skips[index] = after.skip.plane(block) + offset }
        if let outer = after?.outer { outers[index] = outer.plane(block) + offset }
      }
    } else {
      let skipped = ((columns.lowerBound - pass.base) * Winograd.tileSide + 1) * channelBlock
      for index in 0..<channels / channelBlock {
        targets[index] = ring(group: layer + 1, block: 2 * outputGroup + index, y: y) + skipped
      }
      if layer == 0, let addition = pass.stage.addition {
        residual = Convolution.Residual(scale: 1, skip: addition)
        residualRowStride = addition.rowStride
        let offset = addition.offset(row: y) + x * channelBlock
        for index in 0..<channels / channelBlock {
          skips[index] = addition.plane(2 * outputGroup + index) + offset
        }
      }
    }
    var call = WinogradOutput(
      products: products, productPositionStride: layout.productStride, tiles: columns.count,
      rows: min(Winograd.tileSide, pass.run.height - y), columns: pass.run.width - x,
      group: channels, bias: convolution.bias(ofGroup: outputGroup),
      slope: convolution.slope(ofGroup: outputGroup), hasActivation: convolution.isActivated,
      outputs: targets.pointer, rowStride: rowStride,
      residual: residual == nil ? nil : skips.pointer,
      secondResidual: residual?.outer == nil ? nil : outers.pointer,
      residualScale: residual?.scale ?? 1, gate: convolution.gate,
      residualRowStride: residualRowStride)
    pass.run.kernels.transformOutput(&call)
  }

  /// Copies a row of tiles of the first layer's output from its ring to a map.
  private func keep(_ pass: Wavefront.Pass, row: Int, in map: FeatureMap) {
    let side = Winograd.tileSide
    let first = pass.columns[0].lowerBound * side
    let count = min(pass.columns[0].upperBound * side, pass.run.width) - first
    let skipped = (first - pass.base * side + 1) * channelBlock
    for y in row * side..<min((row + 1) * side, pass.run.height) {
      for block in 0..<blocks[1] {
        (map.plane(block) + map.offset(row: y) + first * channelBlock).update(
          from: ring(group: 1, block: block, y: y) + skipped, count: count * channelBlock)
      }
    }
  }

  /// Hands the last layer's rows to the closure that wants them.
  private func emit(_ pass: Wavefront.Pass, row: Int) {
    guard case .rows(let take) = pass.stage.target else { return }
    let columns = pass.columns[layerCount - 1]
    let side = Winograd.tileSide
    let skipped = ((columns.lowerBound - pass.base) * side + 1) * channelBlock
    for y in row * side..<min((row + 1) * side, pass.run.height) {
      let planes = (0..<blocks[layerCount]).map {
        UnsafePointer(ring(group: layerCount, block: $0, y: y) + skipped)
      }
      take(y, planes, columns.lowerBound * side..<min(columns.upperBound * side, pass.run.width))
    }
  }

  /// Computes a narrow last layer's rows and hands them to the closure that wants them.
  private func emitSamples(_ pass: Wavefront.Pass, row: Int) {
    guard case .samples(let narrow, let take) = pass.stage.target else { return }
    let group = layerCount - 1
    let side = Winograd.tileSide
    let tiles = pass.columns[group]
    let columns = tiles.lowerBound * side..<min(tiles.upperBound * side, pass.run.width)
    let samples = scratch.pointer + layout.samplesOffset
    for y in row * side..<min((row + 1) * side, pass.run.height) {
      for block in 0..<blocks[group] {
        for line in 0..<3 {
          lines[3 * block + line] = ringLine(pass, group: group, block: block, y: y + line - 1)
        }
      }
      narrow.run(lines.pointer, pixels: columns.count, into: samples, kernels: pass.run.kernels)
      take(y, columns, samples)
    }
  }

  // MARK: Edges between bands

  /// The neighbour's edge that a row of pixels belongs to, if it lies beyond the band.
  ///
  /// Edge 2b is band b's upper one, 2b + 1 its lower one.
  private func foreignEdge(_ pass: Wavefront.Pass, y: Int) -> Int? {
    guard y >= 0, y < pass.run.height else { return nil }
    let row = y / Winograd.tileSide
    if pass.hasBandAbove, row < pass.rows.lowerBound { return 2 * pass.band - 1 }
    if pass.hasBandBelow, row >= pass.rows.upperBound { return 2 * pass.band + 2 }
    return nil
  }

  /// Lets the neighbours have the row of pixels at the band's edge. The last layer's is in a map,
  /// where they find it; others are copied to where the ring does not overwrite them.
  private func publish(_ pass: Wavefront.Pass, group: Int, row: Int) {
    let side = Winograd.tileSide
    if pass.hasBandAbove, row == pass.rows.lowerBound {
      publish(pass, group: group, edge: 2 * pass.band, y: row * side)
    }
    if pass.hasBandBelow, row == pass.rows.upperBound - 1 {
      publish(pass, group: group, edge: 2 * pass.band + 1, y: row * side + side - 1)
    }
  }

  private func publish(_ pass: Wavefront.Pass, group: Int, edge: Int, y: Int) {
    if group < layerCount {
      for block in 0..<blocks[group] {
        exchange.row(edge: edge, group: group, panel: pass.panel, block: block).update(
          from: ring(group: group, block: block, y: y), count: layout.ringRowFloats)
      }
    }
    exchange.raise(edge: edge, group: group, to: pass.epoch)
  }

  // MARK: Memory

  /// The transformed row of tiles of one plane, at the panel's first column.
  private func transformed(group: Int, plane: Int, row: Int) -> UnsafeMutablePointer<Float> {
    transformedPlane(group: group, plane: plane, row: row)
      + row % layout.unitRows * layout.chunkTiles * channelBlock
  }

  /// The scales of its integers.
  private func scales(group: Int, plane: Int, row: Int) -> UnsafeMutablePointer<Float> {
    transformedPlane(group: group, plane: plane, row: row) + layout.scalesOffset
      + row % layout.unitRows * layout.chunkTiles * Winograd.positions
  }

  /// Where transformed tiles lie in their row: a dense block keeps all of a panel's, a chain only
  /// those it works on.
  private func transformedPlace(_ pass: Wavefront.Pass, _ columns: Range<Int>) -> Int {
    shape.isDense ? columns.lowerBound - pass.base : 0
  }

  private func transformedPlane(
    group: Int, plane: Int, row: Int
  ) -> UnsafeMutablePointer<Float> {
    let slot = shape.isDense ? row / layout.unitRows % (layerCount - group) : 0
    let index = slot * planes[group] + plane
    return scratch.pointer + layout.transformedOffsets[group] + index * layout.planeFloats
  }

  private func ring(group: Int, block: Int, y: Int) -> UnsafeMutablePointer<Float> {
    scratch.pointer + layout.ringOffset(group: group, block: block, y: y)
  }
}
