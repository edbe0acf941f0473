import SystemSupport
import UpscaleKernels

/// The trunk of an RRDBNet for one tile: everything before the first up-sampling.
///
/// Each residual-in-residual block is one run of a `Wavefront`, a stage for each of its three dense
/// blocks. Three maps hold the block's input and the outputs of its first two dense blocks; the
/// third writes over the block's input, which it needs only pixel by pixel.
final class RRDBNetTrunk: RRDBNetTrunkWork {
  let input: FeatureMap
  private let network: RRDBNet
  /// `conv_first`'s output, kept for the long skip connection; in the end the trunk's output.
  private let skip: FeatureMap
  private let states: [FeatureMap]
  private let denseBlocks: [Precision: DenseBlocks]
  private let body: Wavefront
  private let bodyWeights: TransformedWeights

  /// What one block's dense blocks are computed with.
  private struct DenseBlocks {
    let wavefront: Wavefront
    let weights: TransformedWeights
  }

  /// Columns of tiles of a panel: 256 pixels.
  private static let panel = 64

  /// Pixels, counted once for each dense block, that are computed without a barrier in between. Where a
  /// dense block takes long, the barrier after it costs nothing measurable, and progress can be reported.
  private static let partArea = 50_000

  /// The channels of each map of the trunk.
  private static func channels(_ shape: RRDBNetShape) -> [Int] {
    let unshuffled = shape.inputChannels * shape.unshuffle * shape.unshuffle
    return [unshuffled] + Array(repeating: shape.features, count: 4)
  }

  private static func denseShape(_ network: RRDBNet, _ precision: Precision) -> Wavefront.Shape {
    let shape = network.shape
    return Wavefront.Shape(
      inputChannels: shape.features,
      layers: Array(repeating: shape.growth, count: 4) + [shape.features], isDense: true,
      precision: precision)
  }

  private static func bodyShape(_ network: RRDBNet) -> Wavefront.Shape {
    let features = network.shape.features
    return Wavefront.Shape(
      inputChannels: features, layers: [features], isDense: false)
  }

  /// Bytes of a trunk's buffers.
  static func byteCount(_ network: RRDBNet, width: Int, height: Int, threads: Int) -> Int {
    let columns = Winograd.tileCount(width)
    let maps = channels(network.shape).reduce(0) {
      $0 + FeatureMap.byteCount(channels: $1, width: width, height: height)
    }
    let body =
      Wavefront.byteCount(bodyShape(network), columns: columns, panel: panel, bands: threads)
      + TransformedWeights.byteCount([network.body])
    let blocks = network.blockPrecisions.reduce(0) { sum, precision in
      sum
        + Wavefront.byteCount(
          denseShape(network, precision), columns: columns, panel: panel, bands: threads)
        + TransformedWeights.byteCount(
          network.blocks[0].flatMap(\.self), precision: precision, threads: threads)
    }
    return maps + body + blocks
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
    let columns = Winograd.tileCount(width)
    var denseBlocks: [Precision: DenseBlocks] = [:]
    for precision in network.blockPrecisions {
      denseBlocks[precision] = DenseBlocks(
        wavefront: try Wavefront(
          Self.denseShape(network, precision), columns: columns, panel: Self.panel,
          bands: threads),
        weights: try TransformedWeights(
          like: network.blocks[0].flatMap(\.self), precision: precision, threads: threads))
    }
    self.denseBlocks = denseBlocks
    body = try Wavefront(
      Self.bodyShape(network), columns: columns, panel: Self.panel, bands: threads)
    bodyWeights = try TransformedWeights(like: [network.body])
  }

  func prepare(width: Int, height: Int) {
    for map in [input, skip] + states { map.reshape(width: width, rows: 0..<height) }
  }

  private func dense(_ precision: Precision) -> DenseBlocks {
    guard let dense = denseBlocks[precision] else {
      preconditionFailure("there is memory for every precision that a block has")
    }
    return dense
  }

  /// Dense blocks that are computed without a barrier in between.
  private struct Part {
    var precision = Precision.exact
    var stages: [Wavefront.Stage] = []
    var multiplyAdds = 0
  }

  private func run(
    _ part: inout Part, on engine: Engine, monitor: WorkMonitor
  ) throws(UpscaleError) {
    guard !part.stages.isEmpty else { return }
    dense(part.precision).wavefront.run(
      part.stages, height: skip.height, rows: skip.rows, on: engine)
    let multiplyAdds = part.multiplyAdds
    part.stages = []
    part.multiplyAdds = 0
    try monitor.advance(by: multiplyAdds)
  }

  /// The three dense blocks of a residual-in-residual block.
  private func stages(ofBlock number: Int, weights: TransformedWeights) -> [Wavefront.Stage] {
    let block = network.blocks[number]
    return block.indices.map { index in
      let isLast = index == block.count - 1
      let layers = block[index].count
      return Wavefront.Stage(
        convolutions: block[index],
        weights: Array(weights.pointers[index * layers..<(index + 1) * layers]),
        input: states[index],
        target: .map(
          isLast ? states[0] : states[index + 1],
          residual: .init(scale: 0.2, skip: states[index], outer: isLast ? states[0] : nil)))
    }
  }

  /// - Returns: the features that go into the tail; valid until the next run.
  func run(on engine: Engine, monitor: WorkMonitor) throws(UpscaleError) -> FeatureMap {
    let area = input.width * input.height
    network.first.run([input], into: skip, on: engine)
    engine.pool.parallelFor(skip.height) { states[0].copyRow($0, from: skip) }
    try monitor.advance(by: network.first.multiplyAdds * area)
    var part = Part()
    for number in network.blocks.indices {
      let precision = network.precision(ofBlock: number)
      let dense = dense(precision)
      if part.precision != precision { try run(&part, on: engine, monitor: monitor) }
      part.precision = precision
      let convolutions = network.blocks[number].flatMap(\.self)
      let kept = network.keptWeights.weights(ofBlock: number) { () throws(UpscaleError) in
        try TransformedWeights(convolutions, besides: dense.weights, on: engine)
      }
      if kept == nil {
        // There is one buffer for weights that are not kept: the blocks before must be done with it.
        try run(&part, on: engine, monitor: monitor)
        dense.weights.load(convolutions, on: engine)
      }
      for stage in stages(ofBlock: number, weights: kept ?? dense.weights) {
        part.stages.append(stage)
        part.multiplyAdds += stage.convolutions.reduce(0) { $0 + $1.multiplyAdds } * area
        if part.stages.count * area >= Self.partArea {
          try run(&part, on: engine, monitor: monitor)
        }
      }
    }
    try run(&part, on: engine, monitor: monitor)
    bodyWeights.load([network.body], on: engine)
    body.run(
      [
        .init(
          convolutions: [network.body], weights: bodyWeights.pointers, input: states[0],
          target: .map(skip, residual: .init(scale: 1, skip: skip)))
      ], height: skip.height, rows: skip.rows, on: engine)
    try monitor.advance(by: network.body.multiplyAdds * area)
    return skip
  }
}
