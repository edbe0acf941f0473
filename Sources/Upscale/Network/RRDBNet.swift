package import SystemSupport
import UpscaleKernels

/// RRDBNet: residual-in-residual dense blocks at the input's resolution (the trunk), then
/// nearest-2x up-samplings each followed by a convolution (the tail).
///
/// Source: Wang et al., ESRGAN (2018); `basicsr/archs/rrdbnet_arch.py`; the `conv_up3` of x8
/// networks is ai-forever's.
package struct RRDBNet: Network {
  let shape: RRDBNetShape
  let precision: Precision
  let first: Convolution
  /// `[block][dense block][convolution]`.
  let blocks: [[[Convolution]]]
  /// `[block][dense block]` of an ESRGAN+, 3x3 with zeros around; else none.
  let shortcuts: [[Convolution]]
  let body: Convolution
  /// The tail: one convolution after each up-sampling, then `conv_hr` and `conv_last`.
  let ups: [Convolution]
  let highResolution: Convolution
  let last: Convolution
  let keptWeights = KeptWeights()

  package var scale: Int { shape.scale }
  package var unshuffle: Int { shape.unshuffle }
  package var inputChannels: Int { shape.inputChannels }
  package var outputChannels: Int { shape.outputChannels }

  package var tileHalo: Int { Architecture.rrdbNet(shape).halo }

  package var isExactInTiles: Bool { false }

  package init(
    shape: RRDBNetShape, model: Model, precision: Precision = .exact
  ) throws(UpscaleError) {
    self.shape = shape
    self.precision = precision
    let packer = try ConvolutionPacker(model)
    let leaky = Convolution.Activation.leakyReLU(0.2)
    first = try packer.convolution("conv_first")
    var blocks: [[[Convolution]]] = []
    for block in 0..<shape.blocks {
      var dense: [[Convolution]] = []
      for rdb in 1...3 {
        var layers: [Convolution] = []
        for layer in 1...5 {
          layers.append(
            try packer.convolution(
              "body.\(block).rdb\(rdb).conv\(layer)", layer < 5 ? leaky : .none,
              segments: [shape.features] + Array(repeating: shape.growth, count: layer - 1)))
        }
        dense.append(layers)
      }
      blocks.append(dense)
    }
    self.blocks = blocks
    var shortcuts: [[Convolution]] = []
    for block in 0..<(shape.hasShortcuts ? shape.blocks : 0) {
      var dense: [Convolution] = []
      for rdb in 1...3 {
        dense.append(
          try packer.pointwise("body.\(block).rdb\(rdb).conv1x1", outputs: shape.growth))
      }
      shortcuts.append(dense)
    }
    self.shortcuts = shortcuts
    body = try packer.convolution("conv_body")
    var ups: [Convolution] = []
    for stage in 0..<shape.upsamplings {
      ups.append(try packer.convolution("conv_up\(stage + 1)", leaky))
    }
    self.ups = ups
    highResolution = try packer.convolution("conv_hr", leaky)
    last = try packer.convolution("conv_last")
  }

  /// The precision of a block.
  ///
  /// Of at most 12 blocks the last third is exact whatever the network's precision: no later block
  /// reduces the rounding errors of the last ones. Otherwise a sample in a picture of black letters on
  /// white was two levels off (Documentation/Engine.md).
  func precision(ofBlock index: Int) -> Precision {
    shape.blocks <= 12 && index >= shape.blocks - shape.blocks / 3 ? .exact : precision
  }

  /// The precisions that occur among the blocks.
  var blockPrecisions: Set<Precision> { Set(blocks.indices.map(precision(ofBlock:))) }

  // MARK: Costs

  package func multiplyAdds(width: Int, height: Int) -> Int {
    let trunk =
      first.multiplyAdds + body.multiplyAdds
      + blocks.joined().joined().reduce(0) { $0 + $1.multiplyAdds }
    return (trunk + tailOperations) * (width / unshuffle) * (height / unshuffle)
  }

  /// Operations of the tail for one pixel of the trunk.
  var tailOperations: Int {
    let upsampled = ups.enumerated().reduce(0) { sum, stage in
      sum + stage.element.multiplyAdds << (2 * (stage.offset + 1))
    }
    return upsampled + (highResolution.multiplyAdds + last.multiplyAdds) << (2 * ups.count)
  }

  package var weightBytesToKeep: Int {
    keptWeights.isOn || shape.hasShortcuts
      ? 0
      : blocks.enumerated().reduce(0) {
        $0
          + TransformedWeights.keptByteCount(
            $1.element.flatMap(\.self), precision: precision(ofBlock: $1.offset))
      }
  }

  /// Smaller in floats, where keeping weights takes twice the memory and gains a third of the time.
  package var keepingArea: Int {
    (precision == .exact ? 128 * 128 : 256 * 256) * unshuffle * unshuffle
  }

  package func keepWeights() { keptWeights.keep() }

  package func workspaceBytes(width: Int, height: Int, threads: Int) -> Int {
    let (width, height) = (width / unshuffle, height / unshuffle)
    let trunk =
      shape.hasShortcuts
      ? RRDBNetShortcutTrunk.byteCount(shape, width: width, height: height)
      : RRDBNetTrunk.byteCount(self, width: width, height: height, threads: threads)
    return trunk
      + RRDBNetTail.byteCount(self, width: width, height: height, threads: threads)
  }

  package func makeWorkspace(
    width: Int, height: Int, engine: Engine
  ) throws(UpscaleError) -> any NetworkWorkspace {
    try Workspace(self, width: width / unshuffle, height: height / unshuffle, engine: engine)
  }

  private final class Workspace: NetworkWorkspace {
    let trunk: any RRDBNetTrunkWork
    let tail: RRDBNetTail
    var input: FeatureMap { trunk.input }
    private let unshuffle: Int

    init(
      _ network: RRDBNet, width: Int, height: Int, engine: Engine
    ) throws(UpscaleError) {
      trunk =
        network.shape.hasShortcuts
        ? try RRDBNetShortcutTrunk(network, width: width, height: height)
        : try RRDBNetTrunk(network, width: width, height: height, threads: engine.pool.count)
      tail = try RRDBNetTail(network, width: width, height: height, engine: engine)
      unshuffle = network.unshuffle
    }

    func prepare(width: Int, height: Int) {
      trunk.prepare(width: width / unshuffle, height: height / unshuffle)
    }

    func run(
      rows: Range<Int>, on engine: Engine, monitor: WorkMonitor,
      output: (Int, Range<Int>, UnsafePointer<Float>) -> Void
    ) throws(UpscaleError) {
      let features = try trunk.run(on: engine, monitor: monitor)
      try tail.run(features, rows: rows, on: engine, monitor: monitor, output: output)
    }
  }
}
