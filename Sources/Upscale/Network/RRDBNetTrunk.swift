import UpscaleKernels

/// The trunk of an RRDBNet for one tile: everything before the first up-sampling.
///
/// Each dense block is one `Wavefront`, from map to map. Three maps hold a block's input and the
/// outputs of its first two dense blocks; the third writes over the block's input, which it needs
/// only pixel by pixel.
final class RRDBNetTrunk {
  let input: FeatureMap
  private let network: RRDBNet
  /// `conv_first`'s output, kept for the long skip connection; in the end the trunk's output.
  private let skip: FeatureMap
  private let states: [FeatureMap]
  private let denseBlock: Wavefront
  private let body: Wavefront
  private let weights: TransformedWeights
  private let bodyWeights: TransformedWeights

  /// Columns of tiles of a panel: 256 pixels.
  private static let panel = 64

  private static func columns(_ width: Int) -> Int {
    (width + Winograd.tileSide - 1) / Winograd.tileSide
  }

  /// The channels of each map of the trunk.
  private static func channels(_ shape: RRDBNetShape) -> [Int] {
    let unshuffled = shape.inputChannels * shape.unshuffle * shape.unshuffle
    return [unshuffled] + Array(repeating: shape.features, count: 4)
  }

  private static func denseShape(_ shape: RRDBNetShape) -> Wavefront.Shape {
    Wavefront.Shape(
      inputChannels: shape.features,
      layers: Array(repeating: shape.growth, count: 4) + [shape.features], isDense: true)
  }

  private static func bodyShape(_ shape: RRDBNetShape) -> Wavefront.Shape {
    Wavefront.Shape(
      inputChannels: shape.features, layers: [shape.features], isDense: false)
  }

  /// Bytes of a trunk's buffers.
  static func byteCount(_ network: RRDBNet, width: Int, height: Int, threads: Int) -> Int {
    let columns = columns(width)
    return channels(network.shape).reduce(0) {
      $0 + FeatureMap.byteCount(channels: $1, width: width, height: height)
    }
      + [denseShape(network.shape), bodyShape(network.shape)].reduce(0) {
        $0 + Wavefront.byteCount($1, columns: columns, panel: panel, bands: threads)
      } + TransformedWeights.byteCount(network.blocks[0][0] + [network.body])
  }

  /// - Parameters: width, height: the largest tile, in pixels of the trunk.
  init(_ network: RRDBNet, width: Int, height: Int, threads: Int) throws(UpscaleError) {
    self.network = network
    var maps: [FeatureMap] = []
    for channels in Self.channels(network.shape) {
      maps.append(try FeatureMap(channels: channels, width: width, height: height))
    }
    input = maps[0]
    skip = maps[1]
    states = Array(maps[2...4])
    let columns = Self.columns(width)
    denseBlock = try Wavefront(
      Self.denseShape(network.shape), columns: columns, panel: Self.panel, bands: threads)
    body = try Wavefront(
      Self.bodyShape(network.shape), columns: columns, panel: Self.panel, bands: threads)
    weights = try TransformedWeights(like: network.blocks[0][0])
    bodyWeights = try TransformedWeights(like: [network.body])
  }

  func prepare(width: Int, height: Int) {
    for map in [input, skip] + states { map.reshape(width: width, rows: 0..<height) }
  }

  /// - Returns: the features that go into the tail; valid until the next run.
  func run(on engine: Engine, monitor: WorkMonitor) throws(UpscaleError) -> FeatureMap {
    let area = input.width * input.height
    network.first.run([input], into: skip, on: engine)
    engine.pool.parallelFor(skip.height) { states[0].copyRow($0, from: skip) }
    try monitor.advance(by: network.first.operations * area)
    for block in network.blocks {
      for (index, dense) in block.enumerated() {
        let source = states[index]
        let isLast = index == 2
        weights.load(dense, on: engine)
        denseBlock.run(
          dense, weights: weights.pointers, input: source, height: source.height,
          rows: source.rows,
          into: .map(
            isLast ? states[0] : states[index + 1],
            residual: .init(scale: 0.2, skip: source, outer: isLast ? states[0] : nil)),
          on: engine)
        try monitor.advance(by: dense.reduce(0) { $0 + $1.operations } * area)
      }
    }
    bodyWeights.load([network.body], on: engine)
    body.run(
      [network.body], weights: bodyWeights.pointers, input: states[0], height: skip.height,
      rows: skip.rows, into: .map(skip, residual: .init(scale: 1, skip: skip)), on: engine)
    try monitor.advance(by: network.body.operations * area)
    return skip
  }
}
