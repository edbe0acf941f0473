import UpscaleKernels

/// Where things lie in the scratch memory of a wavefront's band, in floats.
struct WavefrontLayout {
  /// Columns of tiles in a panel, without and with what is computed twice; panels at most.
  let panelCore: Int
  let panelTiles: Int
  let panelLimit: Int
  /// Columns of tiles that a layer works on at a time. In a dense block, whose transformed tiles are
  /// kept for later layers, all of a panel; in a chain as many as stay in the second-level cache
  /// with the weights.
  let chunkTiles: Int
  /// Rows of tiles in a unit: as many as make a position's weights worth fetching.
  let unitRows: Int
  /// Rows of pixels of a ring: the unit being written and the two before it.
  let ringRows: Int
  /// From one position of transformed tiles to the next (16 floats more than it takes: strides
  /// of a multiple of 4096 bytes would fall into one set of the cache).
  let positionStride: Int
  /// All positions of one plane (16 channels, or in integers 32 and after them their scales).
  let planeFloats: Int
  let scalesOffset: Int
  /// One line of a ring.
  let ringRowFloats: Int
  /// From one position of products to the next, from one row to the next, and from one group of
  /// output channels to the next.
  let productStride: Int
  let productRowStride: Int
  let productFloats: Int
  let transformedOffsets: [Int]
  let ringOffsets: [Int]
  let productOffset: Int
  /// A row of a narrow last layer's samples.
  let samplesOffset: Int
  let integerScratchOffset: Int
  let size: Int

  /// Tiles that one position's weights are used for before the next position's are fetched: more
  /// would not leave room for them in a second-level cache of 1 MiB.
  private static let unitTiles = 32

  /// A line of a ring, at the pixel left of the panel's first column.
  func ringOffset(group: Int, block: Int, y: Int) -> Int {
    ringOffsets[group] + (block * ringRows + y % ringRows) * ringRowFloats
  }

  /// A layer's columns in chunks.
  func chunks(of columns: Range<Int>) -> [Range<Int>] {
    let count = (columns.count + chunkTiles - 1) / chunkTiles
    return (0..<count).map {
      columns.lowerBound + columns.count * $0 / count..<columns.lowerBound + columns.count
        * ($0 + 1)
        / count
    }
  }

  init(_ shape: Wavefront.Shape, columns: Int, panel: Int) {
    let layers = shape.layers.count
    panelLimit = (columns + panel - 1) / panel
    panelCore = (columns + panelLimit - 1) / panelLimit
    panelTiles = min(columns, panelCore + 2 * (layers - 1))
    unitRows = max(1, min(4, Self.unitTiles / panelTiles))
    ringRows = 3 * unitRows * Winograd.tileSide
    chunkTiles = shape.isDense ? panelTiles : min(panelTiles, Self.unitTiles)
    positionStride = unitRows * chunkTiles * channelBlock + channelBlock
    scalesOffset = Winograd.positions * positionStride
    let isInteger = shape.precision == .fast
    planeFloats =
      scalesOffset
      + (isInteger ? Winograd.positions * unitRows * chunkTiles + channelBlock : 0)
      / channelBlock * channelBlock
    ringRowFloats = (panelTiles * Winograd.tileSide + 2) * channelBlock
    productRowStride = chunkTiles * 2 * channelBlock
    productStride = unitRows * productRowStride + channelBlock
    productFloats = Winograd.positions * productStride

    let blocks = shape.groups.map(FeatureMap.blocks)
    let planes = shape.groups.indices.map(shape.planes)
    var size = 0
    var transformed: [Int] = []
    for group in 0..<layers {
      transformed.append(size)
      if shape.isDense { size += (layers - group) * planes[group] * planeFloats }
    }
    // In a chain each group is read once, right after it was transformed: one place serves all.
    if !shape.isDense { size = (planes.dropLast().max() ?? 0) * planeFloats }
    var rings = [0]
    for group in 1...layers {
      rings.append(size)
      guard group < layers || shape.emitsRows else { continue }
      size += blocks[group] * ringRows * ringRowFloats
    }
    transformedOffsets = transformed
    ringOffsets = rings
    productOffset = size
    samplesOffset = size + (shape.widestBlocks + 1) / 2 * productFloats
    let samples = shape.endsNarrow ? panelTiles * Winograd.tileSide * (shape.layers.last ?? 0) : 0
    integerScratchOffset =
      samplesOffset + (samples + channelBlock - 1) / channelBlock * channelBlock
    self.size = integerScratchOffset + (isInteger ? integerScratch : 0)
  }
}
