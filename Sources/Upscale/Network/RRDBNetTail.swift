import SystemSupport
import UpscaleKernels

/// The tail of an RRDBNet, in strips: its full-size maps would take 8 KB for each input pixel.
///
/// Each convolution reads its input enlarged by two; the enlarged map is never written.
/// The last up-sampling, `conv_hr` and `conv_last` are one `Wavefront`; up-samplings before it go
/// through a map that holds what one strip needs. Old models for x1 have no up-sampling.
///
/// `conv_last` is in floats whatever the network's precision: its rounding errors would go straight into
/// the picture.
final class RRDBNetTail {
  private let network: RRDBNet
  /// The up-samplings before the last: their wavefronts and the maps they fill.
  private let early: [Wavefront]
  private let maps: [FeatureMap]
  private let final: Wavefront
  /// Of all but `conv_last`, and that.
  private let weights: TransformedWeights
  private let last: NarrowConvolution

  /// Columns of tiles of a panel: 256 pixels of the output.
  private static let panel = 64

  /// Output rows of a strip. What two strips share, about 20 rows, is computed twice.
  private static let stripRows = 256

  private static func earlyShape(_ network: RRDBNet) -> Wavefront.Shape {
    let features = network.shape.features
    return Wavefront.Shape(
      inputChannels: features, layers: [features], isDense: false, isEnlarged: true,
      precision: network.precision)
  }

  private static func finalShape(_ network: RRDBNet) -> Wavefront.Shape {
    let features = network.shape.features
    let isEnlarged = network.shape.upsamplings > 0
    return Wavefront.Shape(
      inputChannels: features,
      layers: (isEnlarged ? [features] : []) + [features, network.outputChannels],
      isDense: false, isEnlarged: isEnlarged, endsNarrow: true, precision: network.precision)
  }

  /// The convolutions before `conv_last` in order.
  private static func convolutions(_ network: RRDBNet) -> [Convolution] {
    network.ups + [network.highResolution]
  }

  /// Rows that the map after each early up-sampling holds at most.
  private static func mapRows(_ shape: RRDBNetShape, height: Int) -> [Int] {
    let stages = shape.upsamplings
    var rows = stripRows + 4 * Winograd.tileSide
    var result: [Int] = []
    for stage in (1..<max(1, stages)).reversed() {
      rows = rows / 2 + 4 * Winograd.tileSide
      result.append(min(rows, height << stage))
    }
    return result.reversed()
  }

  /// Bytes of a tail's buffers.
  static func byteCount(_ network: RRDBNet, width: Int, height: Int, threads: Int) -> Int {
    let shape = network.shape
    var bytes =
      TransformedWeights.byteCount(
        convolutions(network), precision: network.precision, threads: threads)
      + NarrowConvolution.byteCount(network.last)
    for (stage, rows) in mapRows(shape, height: height).enumerated() {
      let width = width << (stage + 1)
      bytes += FeatureMap.byteCount(channels: shape.features, width: width, height: rows)
      bytes += Wavefront.byteCount(
        earlyShape(network), columns: Winograd.tileCount(width), panel: panel, bands: threads)
    }
    return bytes
      + Wavefront.byteCount(
        finalShape(network), columns: Winograd.tileCount(width << shape.upsamplings), panel: panel,
        bands: threads)
  }

  /// - Parameters: width, height: the largest tile, in pixels of the trunk.
  init(
    _ network: RRDBNet, width: Int, height: Int, engine: Engine
  ) throws(UpscaleError) {
    self.network = network
    let shape = network.shape
    let threads = engine.pool.count
    var early: [Wavefront] = []
    var maps: [FeatureMap] = []
    for (stage, rows) in Self.mapRows(shape, height: height).enumerated() {
      let width = width << (stage + 1)
      maps.append(try FeatureMap(channels: shape.features, width: width, height: rows))
      early.append(
        try Wavefront(
          Self.earlyShape(network), columns: Winograd.tileCount(width), panel: Self.panel,
          bands: threads))
    }
    self.early = early
    self.maps = maps
    final = try Wavefront(
      Self.finalShape(network), columns: Winograd.tileCount(width << shape.upsamplings),
      panel: Self.panel, bands: threads)
    let convolutions = Self.convolutions(network)
    weights = try TransformedWeights(
      like: convolutions, precision: network.precision, threads: threads)
    weights.load(convolutions, on: engine)
    last = try NarrowConvolution(network.last)
  }

  /// Computes the output rows asked for from the trunk's features.
  func run(
    _ features: FeatureMap, rows: Range<Int>, on engine: Engine, monitor: WorkMonitor,
    output: (Int, Range<Int>, UnsafePointer<Float>) -> Void
  ) throws(UpscaleError) {
    for start in stride(from: rows.lowerBound, to: rows.upperBound, by: Self.stripRows) {
      let strip = start..<min(start + Self.stripRows, rows.upperBound)
      run(features, strip: strip, on: engine, output: output)
      let whole = network.tailOperations * features.width * features.height
      try monitor.advance(by: whole / rows.count * strip.count)
    }
  }

  private func run(
    _ features: FeatureMap, strip: Range<Int>, on engine: Engine,
    output: (Int, Range<Int>, UnsafePointer<Float>) -> Void
  ) {
    let side = Winograd.tileSide
    let stages = network.ups.count
    // From the output inward: what each map must hold. The last wavefront's first layer computes
    // two rows of tiles beyond the strip's own.
    var wanted = Array(repeating: 0..<0, count: maps.count)
    var needed = halved(
      strip.lowerBound / side * side - 2 * side..<(strip.upperBound + side - 1) / side * side
        + 2 * side)
    for stage in maps.indices.reversed() {
      let height = features.height << (stage + 1)
      let whole = needed.lowerBound / side * side..<(needed.upperBound + side - 1) / side * side
      wanted[stage] = max(0, whole.lowerBound)..<min(height, whole.upperBound)
      needed = halved(wanted[stage])
    }

    var source = features
    for (stage, map) in maps.enumerated() {
      map.reshape(width: features.width << (stage + 1), rows: wanted[stage])
      early[stage].run(
        [
          .init(
            convolutions: [network.ups[stage]], weights: [weights.pointers[stage]],
            input: source, target: .map(map, residual: nil))
        ], height: features.height << (stage + 1), rows: wanted[stage], on: engine)
      source = map
    }
    withoutActuallyEscaping(output) { output in
      final.run(
        [
          .init(
            convolutions: network.ups.suffix(1) + [network.highResolution],
            weights: Array(weights.pointers[max(0, stages - 1)...]), input: source,
            target: .samples(last, output))
        ], height: features.height << stages, rows: strip, on: engine)
    }
  }

  /// The rows of a map that rows of its enlargement, and one beyond on each side, are read from.
  private func halved(_ rows: Range<Int>) -> Range<Int> {
    max(0, (rows.lowerBound - 1) / 2)..<max(0, rows.upperBound / 2 + 1)
  }
}
