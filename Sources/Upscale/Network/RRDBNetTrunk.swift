/// The trunk of an RRDBNet for one tile: everything before the first up-sampling.
///
/// A dense block's concatenation is a list of maps (x, x1 … x4), never a copy. Three maps hold the
/// block's input and the outputs of its first two dense blocks; the third writes over the block's
/// input, which it needs only pixel by pixel.
final class RRDBNetTrunk {
  let input: FeatureMap
  private let network: RRDBNet
  /// `conv_first`'s output, kept for the long skip connection; in the end the trunk's output.
  private let skip: FeatureMap
  private let states: [FeatureMap]
  private let growths: [FeatureMap]

  /// The channels of each map of the trunk.
  static func channels(_ shape: RRDBNetShape) -> [Int] {
    let unshuffled = shape.inputChannels * shape.unshuffle * shape.unshuffle
    return [unshuffled] + Array(repeating: shape.features, count: 4)
      + Array(repeating: shape.growth, count: 4)
  }

  /// - Parameters: width, height: the largest tile, in pixels of the trunk.
  init(_ network: RRDBNet, width: Int, height: Int) throws(UpscaleError) {
    self.network = network
    var maps: [FeatureMap] = []
    for channels in Self.channels(network.shape) {
      maps.append(try FeatureMap(channels: channels, width: width, height: height))
    }
    input = maps[0]
    skip = maps[1]
    states = Array(maps[2...4])
    growths = Array(maps[5...8])
  }

  func prepare(width: Int, height: Int) {
    for map in [input, skip] + states + growths { map.reshape(width: width, rows: 0..<height) }
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
        for (layer, convolution) in dense.enumerated() {
          let maps = [source] + growths[..<layer]
          if layer < 4 {
            convolution.run(maps, into: growths[layer], on: engine)
          } else {
            convolution.run(
              maps, into: isLast ? states[0] : states[index + 1],
              residual: .init(scale: 0.2, skip: source, outer: isLast ? states[0] : nil),
              on: engine)
          }
          try monitor.advance(by: convolution.operations * area)
        }
      }
    }
    network.body.run(
      [states[0]], into: skip, residual: .init(scale: 1, skip: skip), on: engine)
    try monitor.advance(by: network.body.operations * area)
    return skip
  }
}
