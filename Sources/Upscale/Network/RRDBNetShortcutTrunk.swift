import UpscaleKernels

/// The trunk of an ESRGAN+: dense blocks with shortcuts in their middle, which the wavefront does not
/// have. Each convolution is computed directly, over the whole tile.
///
/// `x2 = lrelu(conv2(x, x1)) + conv1x1(x)`, `x4 = lrelu(conv4(x, x1, x2, x3)) + x2`.
///
/// Source: Rakotonirina and Rasoanaivo, ESRGAN+ (2020), in the variant of the published models.
final class RRDBNetShortcutTrunk: RRDBNetTrunkWork {
  let input: FeatureMap
  private let network: RRDBNet
  private let skip: FeatureMap
  /// A block's input and the outputs of its first two dense blocks, in turn.
  private let states: [FeatureMap]
  /// What the shortcut makes of a dense block's input, and its first four convolutions.
  private let shortcut: FeatureMap
  private let parts: [FeatureMap]

  private static func channels(_ shape: RRDBNetShape) -> [Int] {
    let unshuffled = shape.inputChannels * shape.unshuffle * shape.unshuffle
    return [unshuffled] + Array(repeating: shape.features, count: 4)
      + Array(repeating: shape.growth, count: 5)
  }

  /// Bytes of a trunk's buffers.
  static func byteCount(_ shape: RRDBNetShape, width: Int, height: Int) -> Int {
    channels(shape).reduce(0) {
      $0 + FeatureMap.byteCount(channels: $1, width: width, height: height)
    }
  }

  /// - Parameters:
  ///   - network: with shortcuts.
  ///   - width: columns of the largest tile, in pixels of the trunk.
  ///   - height: its rows.
  /// - Throws: `.memory` without memory.
  init(_ network: RRDBNet, width: Int, height: Int) throws(UpscaleError) {
    self.network = network
    var maps: [FeatureMap] = []
    for channels in Self.channels(network.shape) {
      maps.append(try FeatureMap(channels: channels, width: width, height: height))
    }
    input = maps[0]
    skip = maps[1]
    states = Array(maps[2...4])
    shortcut = maps[5]
    parts = Array(maps[6...9])
  }

  func prepare(width: Int, height: Int) {
    for map in [input, skip, shortcut] + states + parts {
      map.reshape(width: width, rows: 0..<height)
    }
  }

  func run(on engine: Engine, monitor: WorkMonitor) throws(UpscaleError) -> FeatureMap {
    let area = input.width * input.height
    network.first.run([input], into: skip, on: engine)
    engine.pool.parallelFor(skip.height) { states[0].copyRow($0, from: skip) }
    try monitor.advance(by: network.first.multiplyAdds * area)
    for (block, shortcuts) in zip(network.blocks, network.shortcuts) {
      for (index, layers) in block.enumerated() {
        let source = states[index]
        shortcuts[index].run([source], into: shortcut, on: engine)
        for layer in 0..<4 {
          let residual: FeatureMap? = layer == 1 ? shortcut : layer == 3 ? parts[1] : nil
          layers[layer].run(
            [source] + parts[..<layer], into: parts[layer],
            residual: residual.map { .init(scale: 1, skip: $0) }, on: engine)
        }
        let isLast = index == block.count - 1
        layers[4].run(
          [source] + parts, into: isLast ? states[0] : states[index + 1],
          residual: .init(scale: 0.2, skip: source, outer: isLast ? states[0] : nil), on: engine)
        try monitor.advance(by: layers.reduce(0) { $0 + $1.multiplyAdds } * area)
      }
    }
    network.body.run(
      [states[0]], into: skip, residual: .init(scale: 1, skip: skip), on: engine)
    try monitor.advance(by: network.body.multiplyAdds * area)
    return skip
  }
}
