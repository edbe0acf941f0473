import UpscaleKernels

/// SRVGGNetCompact: a chain of 3x3 convolutions with PReLU at the input's resolution, then
/// pixel-shuffle, added to the nearest-neighbour enlargement of the input.
///
/// Source: `realesrgan/archs/srvgg_arch.py` of Real-ESRGAN.
package struct SRVGGNetCompact: Network {
  private let shape: SRVGGNetCompactShape
  private let layers: [Convolution]

  package var scale: Int { shape.scale }
  package var unshuffle: Int { 1 }
  package var inputChannels: Int { shape.inputChannels }
  package var outputChannels: Int { shape.outputChannels }
  package var receptiveRadius: Int { layers.count }

  package init(shape: SRVGGNetCompactShape, model: Model) throws(UpscaleError) {
    self.shape = shape
    var layers: [Convolution] = []
    for index in 0...shape.convolutions + 1 {
      let name = "body.\(2 * index)"
      let isLast = index == shape.convolutions + 1
      layers.append(
        try Convolution(
          weight: model.floats("\(name).weight"), bias: model.floats("\(name).bias"),
          activation: isLast ? .none : .pReLU(model.floats("body.\(2 * index + 1).weight"))))
    }
    self.layers = layers
  }

  package func operations(width: Int, height: Int) -> Int {
    layers.reduce(0) { $0 + $1.operations } * width * height
  }

  package func workspaceBytes(width: Int, height: Int) -> Int {
    [inputChannels, shape.features, shape.features, outputChannels * scale * scale]
      .reduce(0) { $0 + FeatureMap.floatCount(channels: $1, width: width, height: height) }
      * MemoryLayout<Float>.size
  }

  package func makeWorkspace(
    width: Int, height: Int
  ) throws(UpscaleError) -> any NetworkWorkspace {
    try Workspace(self, width: width, height: height)
  }

  private final class Workspace: NetworkWorkspace {
    let network: SRVGGNetCompact
    let input: FeatureMap
    /// Two maps that the layers write in turn, and the last layer's.
    let even: FeatureMap
    let odd: FeatureMap
    let shuffled: FeatureMap

    init(_ network: SRVGGNetCompact, width: Int, height: Int) throws(UpscaleError) {
      self.network = network
      let shape = network.shape
      input = try FeatureMap(channels: shape.inputChannels, width: width, height: height)
      even = try FeatureMap(channels: shape.features, width: width, height: height)
      odd = try FeatureMap(channels: shape.features, width: width, height: height)
      shuffled = try FeatureMap(
        channels: shape.outputChannels * shape.scale * shape.scale, width: width,
        height: height)
    }

    func prepare(width: Int, height: Int) {
      for map in [input, even, odd, shuffled] { map.reshape(width: width, rows: 0..<height) }
    }

    func run(
      rows: Range<Int>, on engine: Engine, monitor: WorkMonitor,
      output: (Int, UnsafePointer<Float>) -> Void
    ) throws(UpscaleError) {
      var source = input
      for (index, layer) in network.layers.enumerated() {
        let isLast = index == network.layers.count - 1
        let target = isLast ? shuffled : (index % 2 == 0 ? even : odd)
        layer.run([source], into: target, on: engine)
        source = target
        try monitor.advance(by: layer.operations * input.width * input.height)
      }
      engine.pool.parallelFor(rows.count) { emit(row: rows.lowerBound + $0, output) }
    }

    /// Pixel-shuffle and the nearest-neighbour residual, for one output row.
    private func emit(row: Int, _ output: (Int, UnsafePointer<Float>) -> Void) {
      let scale = network.scale
      let channels = network.outputChannels
      let (y, dy) = row.quotientAndRemainder(dividingBy: scale)
      let width = input.width
      withUnsafeTemporaryAllocation(of: Float.self, capacity: width * scale * channels) {
        samples in
        for channel in 0..<channels {
          let base = input.plane(channel / channelBlock) + input.offset(row: y)
            + channel % channelBlock
          for dx in 0..<scale {
            let shuffledChannel = (channel * scale + dy) * scale + dx
            let source =
              shuffled.plane(shuffledChannel / channelBlock) + shuffled.offset(row: y)
              + shuffledChannel % channelBlock
            for x in 0..<width {
              samples[(x * scale + dx) * channels + channel] =
                source[x * channelBlock] + base[x * channelBlock]
            }
          }
        }
        guard let samples = UnsafePointer(samples.baseAddress) else { return }
        output(row, samples)
      }
    }
  }
}
