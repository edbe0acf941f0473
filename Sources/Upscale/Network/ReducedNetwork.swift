/// A network whose result is made smaller: realesr-animevideov3-x2 and -x3 are the network for x4, and a
/// bicubic reduction to a half or three quarters.
///
/// The reduction is ncnn's `Interp`: centres of pixels, the cubic of a = -0.75 over four neighbours,
/// edges repeated, nothing smoothed before. In tiles it gives the same bytes as untiled, as the network
/// does: tiles start on pixels that lie on both grids.
struct ReducedNetwork: Network {
  private let network: any Network
  let scale: Int

  var unshuffle: Int { network.unshuffle }
  var inputChannels: Int { network.inputChannels }
  var outputChannels: Int { network.outputChannels }
  /// The network's halo includes what the reduction needs: two pixels of the network's result, which are
  /// less than one of its input.
  var tileHalo: Int { network.tileHalo }
  var isExactInTiles: Bool { network.isExactInTiles }
  var suitsHardEdges: Bool { network.suitsHardEdges }
  var weightBytesToKeep: Int { network.weightBytesToKeep }
  var keepingArea: Int { network.keepingArea }

  /// - Parameters:
  ///   - network: of a greater scale.
  ///   - scale: the factor after the reduction.
  init(_ network: any Network, scale: Int) {
    self.network = network
    self.scale = scale
  }

  func keepWeights() { network.keepWeights() }

  func multiplyAdds(width: Int, height: Int) -> Int {
    network.multiplyAdds(width: width, height: height)
  }

  private func resultCount(width: Int, height: Int) -> Int {
    width * network.scale * height * network.scale * outputChannels
  }

  func workspaceBytes(width: Int, height: Int, threads: Int) -> Int {
    network.workspaceBytes(width: width, height: height, threads: threads)
      + AlignedBuffer.byteCount(resultCount(width: width, height: height))
  }

  func makeWorkspace(
    width: Int, height: Int, engine: Engine
  ) throws(UpscaleError) -> any NetworkWorkspace {
    Workspace(
      try network.makeWorkspace(width: width, height: height, engine: engine),
      result: try AlignedBuffer(count: resultCount(width: width, height: height)),
      channels: outputChannels, from: network.scale, to: scale)
  }

  /// The four neighbours that a place on the smaller grid is made of, and their weights.
  private struct Taps {
    var places = SIMD4<Int>()
    var weights = SIMD4<Float>()

    init(_ index: Int, count: Int, from: Int, to: Int) {
      // The centre is ((2 * index + 1) * from / to - 1) / 2. In whole numbers, so that it lies alike in every
      // tile: those begin where both grids meet.
      let (period, place) = index.quotientAndRemainder(dividingBy: to)
      let halves = (2 * place + 1) * from - to
      let first = period * from + halves / (2 * to)
      let way = Float(halves % (2 * to)) / Float(2 * to)
      let near: Float = -0.75
      func outer(_ x: Float) -> Float { ((near * x - 5 * near) * x + 8 * near) * x - 4 * near }
      func inner(_ x: Float) -> Float { ((near + 2) * x - (near + 3)) * x * x + 1 }
      weights = SIMD4(outer(1 + way), inner(way), inner(1 - way), 0)
      weights.w = 1 - weights.x - weights.y - weights.z
      for tap in 0..<4 { places[tap] = min(max(0, first - 1 + tap), count - 1) }
    }
  }

  private final class Workspace: NetworkWorkspace {
    private let inner: any NetworkWorkspace
    /// `[y][x][channels]` of the network's result.
    private let result: AlignedBuffer
    private let channels: Int
    private let from: Int
    private let to: Int
    private var size = (width: 0, height: 0)

    var input: FeatureMap { inner.input }

    init(
      _ inner: any NetworkWorkspace, result: AlignedBuffer, channels: Int, from: Int, to: Int
    ) {
      self.inner = inner
      self.result = result
      self.channels = channels
      self.from = from
      self.to = to
    }

    func prepare(width: Int, height: Int) {
      size = (width, height)
      inner.prepare(width: width, height: height)
    }

    func run(
      rows: Range<Int>, on engine: Engine, monitor: WorkMonitor,
      output: (Int, Range<Int>, UnsafePointer<Float>) -> Void
    ) throws(UpscaleError) {
      let large = (width: size.width * from, height: size.height * from)
      let first = Taps(rows.lowerBound, count: large.height, from: from, to: to).places.min()
      let last = Taps(rows.upperBound - 1, count: large.height, from: from, to: to).places.max()
      let (lineFloats, channels, target) = (large.width * channels, channels, result)
      try inner.run(rows: first..<last + 1, on: engine, monitor: monitor) { row, columns, samples in
        (target.pointer + row * lineFloats + columns.lowerBound * channels).update(
          from: samples, count: columns.count * channels)
      }
      let width = size.width * to
      let columns = (0..<width).map { Taps($0, count: large.width, from: from, to: to) }
      withoutActuallyEscaping(output) { output in
        engine.pool.parallelFor(rows.count) { index in
          let row = rows.lowerBound + index
          let taps = Taps(row, count: large.height, from: from, to: to)
          withUnsafeTemporaryAllocation(of: Float.self, capacity: width * channels) { line in
            guard let pointer = UnsafePointer(line.baseAddress) else { return }
            line.initialize(repeating: 0)
            for tap in 0..<4 {
              let source = target.pointer + taps.places[tap] * lineFloats
              for x in 0..<width {
                let (places, weights) = (columns[x].places, columns[x].weights)
                for channel in 0..<channels {
                  let sum =
                    source[places.x * channels + channel] * weights.x
                    + source[places.y * channels + channel] * weights.y
                    + source[places.z * channels + channel] * weights.z
                    + source[places.w * channels + channel] * weights.w
                  line[x * channels + channel] += sum * taps.weights[tap]
                }
              }
            }
            output(row, 0..<width, pointer)
          }
        }
      }
    }
  }
}
