package import SystemSupport
import UpscaleKernels

/// SPAN: a convolution, six blocks of three with SiLU between them and an attention without parameters
/// behind them, and a pixel-shuffle.
///
///     block(x): o1 = silu(c1(x)); o3 = c3(silu(c2(o1))); (o3 + x) * (sigmoid(o3) - 0.5)
///     y = upsampler(conv_cat(f, conv_2(b6), b1, o1 of block 6)), f = conv_1((x - mean) * range)
///
/// `conv_cat` is of 1x1, and nothing lies between it and `conv_2`: the part of it that reads `conv_2`
/// is computed with it, as one convolution. The rest of it is added to that one's output.
///
/// Source: Wan et al., Swift Parameter-free Attention Network for Efficient Super-Resolution (2024).
package struct SPAN: Network {
  private let shape: SPANShape
  private let precision: Precision
  private let first: Convolution
  /// Three convolutions for each block, one block after the other.
  private let blocks: [Convolution]
  /// What `conv_cat` makes of the first convolution's output, of the first block's, and of what the
  /// last block makes first.
  private let mixture: Convolution
  /// `conv_2` with its part of `conv_cat`, and the last.
  private let tail: [Convolution]

  package var scale: Int { shape.scale }
  package var unshuffle: Int { 1 }
  package var inputChannels: Int { shape.inputChannels }
  package var outputChannels: Int { shape.outputChannels }
  package var tileHalo: Int { Architecture.span(shape).halo }
  package var isExactInTiles: Bool { true }
  /// At such edges it computes values far outside the range of a picture.
  package var suitsHardEdges: Bool { false }

  /// Columns of tiles of a panel: 512 pixels.
  private static let panel = 128

  package init(
    shape: SPANShape, model: Model, precision: Precision = .exact
  ) throws(UpscaleError) {
    self.shape = shape
    self.precision = precision
    let packer = try ConvolutionPacker(model)
    first = try packer.convolution("conv_1")
    var blocks: [Convolution] = []
    for block in 1...SPANShape.blocks {
      blocks.append(try packer.convolution("block_\(block).c1_r", .swish))
      blocks.append(try packer.convolution("block_\(block).c2_r", .swish))
      blocks.append(try packer.convolution("block_\(block).c3_r", .attention))
    }
    self.blocks = blocks

    let features = shape.features
    let weight = try model.floats("conv_cat.weight")
    let parts = [0, 2, 3]
    var others: [Float] = []
    for output in 0..<features {
      for part in parts {
        let start = (output * 4 + part) * features
        others += weight[start..<start + features]
      }
    }
    mixture = try packer.convolution(
      weight: others, bias: [Float](repeating: 0, count: features),
      segments: Array(repeating: features, count: parts.count), side: 1)
    let joined = try Self.joined(model, features: features, mixing: weight)
    tail = [
      try packer.convolution(weight: joined.weight, bias: joined.bias, side: 3),
      try packer.convolution("upsampler.0"),
    ]
  }

  /// `conv_2` and the part of `conv_cat` that reads it, as one convolution of 3x3.
  private static func joined(
    _ model: Model, features: Int, mixing: [Float]
  ) throws(UpscaleError) -> (weight: [Float], bias: [Float]) {
    let weight = try model.floats("conv_2.weight")
    let bias = try model.floats("conv_2.bias")
    let size = 9 * features
    var result: [Float] = []
    result.reserveCapacity(weight.count)
    var sums = try model.floats("conv_cat.bias").map(Double.init)
    for output in 0..<features {
      var row = [Double](repeating: 0, count: size)
      for middle in 0..<features {
        let factor = Double(mixing[(output * 4 + 1) * features + middle])
        sums[output] += factor * Double(bias[middle])
        for index in 0..<size { row[index] += factor * Double(weight[middle * size + index]) }
      }
      result += row.map { Float($0) }
    }
    return (result, sums.map { Float($0) })
  }

  package func multiplyAdds(width: Int, height: Int) -> Int {
    Int(Architecture.span(shape).multiplyAddsPerPixel) * width * height
  }

  /// What is computed as a wavefront of its own, and how.
  private struct Part {
    let convolutions: [Convolution]
    let shape: Wavefront.Shape

    func wavefront(
      columns: Int, threads: Int
    ) throws(UpscaleError) -> Wavefront {
      try Wavefront(shape, columns: columns, panel: SPAN.panel, bands: threads)
    }

    func weights(on engine: Engine) throws(UpscaleError) -> TransformedWeights {
      let weights = try TransformedWeights(
        like: convolutions, precision: shape.precision, threads: engine.pool.count)
      weights.load(convolutions, on: engine)
      return weights
    }

    func byteCount(columns: Int, threads: Int) -> Int {
      Wavefront.byteCount(shape, columns: columns, panel: SPAN.panel, bands: threads)
        + TransformedWeights.byteCount(
          convolutions, precision: shape.precision, threads: threads)
    }
  }

  private func blockPart(_ range: Range<Int>, _ precision: Precision) -> Part {
    Part(
      convolutions: Array(blocks[3 * range.lowerBound..<3 * range.upperBound]),
      shape: Wavefront.Shape(
        inputChannels: shape.features, layers: Array(repeating: shape.features, count: 3),
        isDense: false, precision: precision))
  }

  /// Blocks that are computed in floats whatever the precision: all later blocks amplify the rounding
  /// errors of the first.
  private var floatBlocks: Int { precision == .fast ? 1 : 0 }
  private var firstPart: Part? {
    floatBlocks > 0 ? blockPart(0..<floatBlocks, .exact) : nil
  }
  private var restPart: Part { blockPart(floatBlocks..<SPANShape.blocks, precision) }
  private var tailPart: Part {
    Part(
      convolutions: tail,
      shape: Wavefront.Shape(
        inputChannels: shape.features, layers: tail.map(\.outputChannels), isDense: false,
        emitsRows: true, precision: precision))
  }

  /// Maps of the features: the first convolution's, the first block's, what the last block makes first,
  /// and two that blocks write in turn.
  private static let mapCount = 5

  package func workspaceBytes(width: Int, height: Int, threads: Int) -> Int {
    2 * FeatureMap.byteCount(channels: inputChannels, width: width, height: height)
      + Self.mapCount
      * FeatureMap.byteCount(channels: shape.features, width: width, height: height)
      + [firstPart, restPart, tailPart].compactMap(\.self).reduce(0) {
        $0 + $1.byteCount(columns: Winograd.tileCount(width), threads: threads)
      }
  }

  package func makeWorkspace(
    width: Int, height: Int, engine: Engine
  ) throws(UpscaleError) -> any NetworkWorkspace {
    try Workspace(self, width: width, height: height, engine: engine)
  }

  private final class Workspace: NetworkWorkspace {
    let network: SPAN
    let input: FeatureMap
    let normalized: FeatureMap
    let features: FeatureMap
    let firstBlock: FeatureMap
    let lastInner: FeatureMap
    /// Written by blocks in turn, from the second one on.
    let states: [FeatureMap]
    /// For the blocks in floats, where others are not.
    let first: (blocks: Wavefront, weights: TransformedWeights)?
    let rest: Wavefront
    let restWeights: TransformedWeights
    let tail: Wavefront
    let tailWeights: TransformedWeights

    init(_ network: SPAN, width: Int, height: Int, engine: Engine) throws(UpscaleError) {
      self.network = network
      let shape = network.shape
      input = try FeatureMap(channels: shape.inputChannels, width: width, height: height)
      normalized = try FeatureMap(channels: shape.inputChannels, width: width, height: height)
      var maps: [FeatureMap] = []
      for _ in 0..<SPAN.mapCount {
        maps.append(try FeatureMap(channels: shape.features, width: width, height: height))
      }
      features = maps[0]
      firstBlock = maps[1]
      lastInner = maps[2]
      states = [maps[3], maps[4]]
      let columns = Winograd.tileCount(width)
      let threads = engine.pool.count
      if let part = network.firstPart {
        first = (
          try part.wavefront(columns: columns, threads: threads), try part.weights(on: engine)
        )
      } else {
        first = nil
      }
      rest = try network.restPart.wavefront(columns: columns, threads: threads)
      restWeights = try network.restPart.weights(on: engine)
      tail = try network.tailPart.wavefront(columns: columns, threads: threads)
      tailWeights = try network.tailPart.weights(on: engine)
    }

    func prepare(width: Int, height: Int) {
      for map in [input, normalized, features, firstBlock, lastInner] + states {
        map.reshape(width: width, rows: 0..<height)
      }
    }

    /// The map that a block's result is in, 0 being the first convolution's.
    private func state(_ block: Int) -> FeatureMap {
      switch block {
      case 0: features
      case 1: firstBlock
      default: states[block % 2]
      }
    }

    func run(
      rows: Range<Int>, on engine: Engine, monitor: WorkMonitor,
      output: (Int, Range<Int>, UnsafePointer<Float>) -> Void
    ) throws(UpscaleError) {
      let (area, height) = (input.width * input.height, input.height)
      engine.pool.parallelFor(height) { normalize(row: $0) }
      network.first.run([normalized], into: features, on: engine)
      try monitor.advance(by: network.first.multiplyAdds * area)

      for block in 0..<SPANShape.blocks {
        let layers = 3 * block..<3 * block + 3
        let isLast = block == SPANShape.blocks - 1
        let source = state(block)
        let behind = block - network.floatBlocks
        let (wavefront, weights, place) =
          if behind < 0, let first {
            (first.blocks, first.weights.pointers, 3 * block)
          } else {
            (rest, restWeights.pointers, 3 * behind)
          }
        wavefront.run(
          [
            .init(
              convolutions: Array(network.blocks[layers]),
              weights: Array(weights[place..<place + 3]), input: source,
              target: .map(state(block + 1), residual: .init(scale: 1, skip: source)),
              copy: isLast ? lastInner : nil)
          ], height: height, rows: input.rows, on: engine)
        try monitor.advance(by: network.blocks[layers].reduce(0) { $0 + $1.multiplyAdds } * area)
      }

      // The map that the last block does not write is free.
      let mixed = state(SPANShape.blocks - 1)
      network.mixture.run([features, firstBlock, lastInner], into: mixed, on: engine)
      let inputRows =
        rows.lowerBound / network.scale..<(rows.upperBound + network.scale - 1) / network.scale
      let shuffle = PixelShuffle(scale: network.scale, channels: network.outputChannels)
      withoutActuallyEscaping(output) { output in
        tail.run(
          [
            .init(
              convolutions: network.tail, weights: tailWeights.pointers,
              input: state(SPANShape.blocks),
              target: .rows { shuffle.emit(row: $0, planes: $1, columns: $2, output) },
              addition: mixed)
          ], height: height, rows: inputRows, on: engine)
      }
      // What the part of `conv_cat` takes that has become one with `conv_2` is counted, too.
      let features = network.shape.features
      try monitor.advance(
        by: (network.mixture.multiplyAdds + features * features
          + network.tail.reduce(0) { $0 + $1.multiplyAdds }) * area)
    }

    private func normalize(row: Int) {
      let normalization = network.shape.normalization
      let range = normalization.range
      let source = input.plane(0) + input.offset(row: row)
      let target = normalized.plane(0) + normalized.offset(row: row)
      for (channel, mean) in normalization.mean.enumerated() {
        for x in 0..<input.width {
          let place = x * channelBlock + channel
          target[place] = (source[place] - mean) * range
        }
      }
    }
  }
}
