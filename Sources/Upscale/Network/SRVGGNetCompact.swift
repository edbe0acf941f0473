package import SystemSupport
import UpscaleKernels

/// SRVGGNetCompact: a chain of 3x3 convolutions with PReLU at the input's resolution, then
/// pixel-shuffle, added to the nearest-neighbour enlargement of the input. Its scale is that of the
/// pixel-shuffle: `ReducedNetwork` makes it less.
///
/// Source: `realesrgan/archs/srvgg_arch.py` of Real-ESRGAN.
package struct SRVGGNetCompact: Network {
  private let shape: SRVGGNetCompactShape
  private let precision: Precision
  private let first: Convolution
  /// The rest of the chain, in segments that are computed as one `Wavefront` each.
  private let segments: [[Convolution]]

  package var scale: Int { shape.shuffle }
  package var unshuffle: Int { 1 }
  package var inputChannels: Int { shape.inputChannels }
  package var outputChannels: Int { shape.outputChannels }
  package var tileHalo: Int { Architecture.srvggNetCompact(shape).halo }

  package var isExactInTiles: Bool { true }

  /// Layers of a segment, at most. Longer segments need less memory traffic; shorter ones compute less
  /// twice at the edges of panels.
  private static let segmentLength = 6
  /// Columns of tiles of a panel: 512 pixels.
  private static let panel = 128

  package init(
    shape: SRVGGNetCompactShape, model: Model, precision: Precision = .exact
  ) throws(UpscaleError) {
    self.shape = shape
    self.precision = precision
    let packer = try ConvolutionPacker(model)
    var layers: [Convolution] = []
    for index in 0..<shape.convolutions + 1 {
      let activation: Convolution.Activation =
        switch shape.activation.slope {
        case let slope?: .leakyReLU(slope)
        case nil: .pReLU(try model.floats("body.\(2 * index + 1).weight"))
        }
      layers.append(try packer.convolution("body.\(2 * index)", activation))
    }
    layers.append(try packer.convolution("body.\(2 * (shape.convolutions + 1))"))
    first = layers.removeFirst()
    let count = (layers.count + Self.segmentLength - 1) / Self.segmentLength
    segments = (0..<count).map { index in
      Array(layers[index * layers.count / count..<(index + 1) * layers.count / count])
    }
  }

  package func multiplyAdds(width: Int, height: Int) -> Int {
    (first.multiplyAdds + segments.joined().reduce(0) { $0 + $1.multiplyAdds }) * width * height
  }

  private func wavefrontShape(_ segment: Int) -> Wavefront.Shape {
    Wavefront.Shape(
      inputChannels: shape.features, layers: segments[segment].map(\.outputChannels),
      isDense: false, emitsRows: segment == segments.count - 1, precision: precision)
  }

  /// Maps between segments.
  private var mapCount: Int { min(2, segments.count) }

  package func workspaceBytes(width: Int, height: Int, threads: Int) -> Int {
    FeatureMap.byteCount(channels: inputChannels, width: width, height: height)
      + mapCount * FeatureMap.byteCount(channels: shape.features, width: width, height: height)
      + segments.indices.reduce(0) {
        $0
          + Wavefront.byteCount(
            wavefrontShape($1), columns: Winograd.tileCount(width), panel: Self.panel,
            bands: threads)
          + TransformedWeights.byteCount(
            segments[$1], precision: precision, threads: threads)
      }
  }

  package func makeWorkspace(
    width: Int, height: Int, engine: Engine
  ) throws(UpscaleError) -> any NetworkWorkspace {
    try Workspace(self, width: width, height: height, engine: engine)
  }

  private final class Workspace: NetworkWorkspace {
    let network: SRVGGNetCompact
    let input: FeatureMap
    /// Written in turn: the first layer's output, then each segment's but the last's.
    let maps: [FeatureMap]
    let wavefronts: [Wavefront]
    let weights: [TransformedWeights]

    init(
      _ network: SRVGGNetCompact, width: Int, height: Int, engine: Engine
    ) throws(UpscaleError) {
      self.network = network
      let shape = network.shape
      input = try FeatureMap(channels: shape.inputChannels, width: width, height: height)
      var maps: [FeatureMap] = []
      for _ in 0..<network.mapCount {
        maps.append(try FeatureMap(channels: shape.features, width: width, height: height))
      }
      self.maps = maps
      var wavefronts: [Wavefront] = []
      var weights: [TransformedWeights] = []
      for (index, segment) in network.segments.enumerated() {
        wavefronts.append(
          try Wavefront(
            network.wavefrontShape(index), columns: Winograd.tileCount(width), panel: panel,
            bands: engine.pool.count))
        let transformed = try TransformedWeights(
          like: segment, precision: network.precision, threads: engine.pool.count)
        transformed.load(segment, on: engine)
        weights.append(transformed)
      }
      self.wavefronts = wavefronts
      self.weights = weights
    }

    func prepare(width: Int, height: Int) {
      for map in [input] + maps { map.reshape(width: width, rows: 0..<height) }
    }

    func run(
      rows: Range<Int>, on engine: Engine, monitor: WorkMonitor,
      output: (Int, Range<Int>, UnsafePointer<Float>) -> Void
    ) throws(UpscaleError) {
      let area = input.width * input.height
      network.first.run([input], into: maps[0], on: engine)
      try monitor.advance(by: network.first.multiplyAdds * area)
      for (index, segment) in network.segments.enumerated() {
        let isLast = index == network.segments.count - 1
        let inputRows =
          isLast
          ? rows.lowerBound / network.scale..<(rows.upperBound + network.scale - 1)
            / network.scale : input.rows
        withoutActuallyEscaping(output) { output in
          wavefronts[index].run(
            [
              .init(
                convolutions: segment, weights: weights[index].pointers,
                input: maps[index % 2],
                target: isLast
                  ? .rows { self.emit(row: $0, planes: $1, columns: $2, output) }
                  : .map(maps[(index + 1) % 2], residual: nil))
            ], height: input.height, rows: inputRows, on: engine)
        }
        try monitor.advance(by: segment.reduce(0) { $0 + $1.multiplyAdds } * area)
      }
    }

    /// Pixel-shuffle and the nearest-neighbour residual: one input row gives `scale` output rows.
    private func emit(
      row: Int, planes: [UnsafePointer<Float>], columns: Range<Int>,
      _ output: (Int, Range<Int>, UnsafePointer<Float>) -> Void
    ) {
      let base =
        input.plane(0) + input.offset(row: row) + columns.lowerBound * channelBlock
      // A gray input is added to each colour.
      let last = network.inputChannels - 1
      PixelShuffle(scale: network.scale, channels: network.outputChannels).emit(
        row: row, planes: planes, columns: columns,
        adding: { UnsafePointer(base + min($0, last)) }, output)
    }
  }
}
