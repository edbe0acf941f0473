import UpscaleKernels

/// The tail of an RRDBNet, in strips: its full-size maps would take 8 KB for each input pixel.
///
/// A strip computes some output rows and, above and below, the rows of each earlier layer that
/// they need; what two strips share is computed twice, which gives the same bits both times.
final class RRDBNetTail {
  private let network: RRDBNet
  /// For each up-sampling its enlarged input and its convolution's output.
  private let enlarged: [FeatureMap]
  private let ups: [FeatureMap]
  private let highResolution: FeatureMap
  private let last: FeatureMap

  /// Bytes that a strip's maps should stay around: within a second-level cache's reach of a few
  /// cores, yet tall enough that the shared rows cost little.
  private static let stripBytes = 24 << 20

  /// Output rows of a strip: as many as fit, a multiple of 16, never fewer than 16.
  private static func stripRows(_ shape: RRDBNetShape, width: Int) -> Int {
    let outputWidth = width << shape.upsamplings
    let rowBytes = outputWidth * shape.features * 3 * MemoryLayout<Float>.size
    return max(16, min(128, stripBytes / rowBytes / 16 * 16))
  }

  /// The maps of a strip, in the order of computation: two for each up-sampling, hr, last.
  static func shapes(
    _ shape: RRDBNetShape, width: Int, height: Int
  ) -> [(channels: Int, width: Int, rows: Int)] {
    let stages = shape.upsamplings
    let wanted = min(stripRows(shape, width: width), height << stages)
    var shapes: [(channels: Int, width: Int, rows: Int)] = []
    // From the output inward each convolution needs one row more on each side.
    shapes.append((shape.outputChannels, width << stages, wanted))
    shapes.append((shape.features, width << stages, wanted + 2))
    var rows = wanted + 4
    for stage in (1...stages).reversed() {
      shapes.append((shape.features, width << stage, rows))
      shapes.append((shape.features, width << stage, rows + 2))
      rows = (rows + 2) / 2 + 1
    }
    return shapes.reversed()
  }

  init(_ network: RRDBNet, width: Int, height: Int) throws(UpscaleError) {
    self.network = network
    var maps: [FeatureMap] = []
    for shape in Self.shapes(network.shape, width: width, height: height) {
      maps.append(
        try FeatureMap(channels: shape.channels, width: shape.width, height: shape.rows))
    }
    last = maps.removeLast()
    highResolution = maps.removeLast()
    enlarged = stride(from: 0, to: maps.count, by: 2).map { maps[$0] }
    ups = stride(from: 1, to: maps.count, by: 2).map { maps[$0] }
  }

  /// Computes the output rows asked for from the trunk's features.
  func run(
    _ features: FeatureMap, rows: Range<Int>, on engine: Engine, monitor: WorkMonitor,
    output: (Int, UnsafePointer<Float>) -> Void
  ) throws(UpscaleError) {
    let stripRows = Self.stripRows(network.shape, width: features.width)
    for start in stride(from: rows.lowerBound, to: rows.upperBound, by: stripRows) {
      let strip = start..<min(start + stripRows, rows.upperBound)
      run(features, strip: strip, on: engine, output: output)
      let whole = network.tailOperations * features.width * features.height
      try monitor.advance(by: whole / rows.count * strip.count)
    }
  }

  private func run(
    _ features: FeatureMap, strip: Range<Int>, on engine: Engine,
    output: (Int, UnsafePointer<Float>) -> Void
  ) {
    let stages = network.ups.count
    let width = features.width
    let outputHeight = features.height << stages
    // From the output inward: the rows that each layer must hold.
    let hrRows = widened(strip, within: outputHeight)
    var upRows = Array(repeating: 0..<0, count: stages)
    var enlargedRows = upRows
    var needed = widened(hrRows, within: outputHeight)
    for stage in (0..<stages).reversed() {
      let height = features.height << (stage + 1)
      upRows[stage] = needed
      enlargedRows[stage] = widened(needed, within: height)
      let below = enlargedRows[stage]
      needed = below.lowerBound / 2..<(below.upperBound + 1) / 2
    }

    var source = features
    for stage in 0..<stages {
      let stageWidth = width << (stage + 1)
      enlarged[stage].reshape(width: stageWidth, rows: enlargedRows[stage])
      ups[stage].reshape(width: stageWidth, rows: upRows[stage])
      let (from, to) = (source, enlarged[stage])
      engine.pool.parallelFor(to.height) { enlargeRow(to.rows.lowerBound + $0, from, into: to) }
      network.ups[stage].run([to], into: ups[stage], on: engine)
      source = ups[stage]
    }
    highResolution.reshape(width: width << stages, rows: hrRows)
    last.reshape(width: width << stages, rows: strip)
    network.highResolution.run([source], into: highResolution, on: engine)
    network.last.run([highResolution], into: last, on: engine)
    engine.pool.parallelFor(strip.count) { emit(row: strip.lowerBound + $0, output) }
  }

  /// One row of the nearest-neighbour enlargement by two.
  private func enlargeRow(_ row: Int, _ source: FeatureMap, into target: FeatureMap) {
    for block in 0..<source.blocks {
      let from = UnsafeRawPointer(source.plane(block) + source.offset(row: row / 2))
      let to = UnsafeMutableRawPointer(target.plane(block) + target.offset(row: row))
      let pixel = channelBlock * MemoryLayout<Float>.size
      for x in 0..<source.width {
        to.advanced(by: 2 * x * pixel).copyMemory(
          from: from.advanced(by: x * pixel), byteCount: pixel)
        to.advanced(by: (2 * x + 1) * pixel).copyMemory(
          from: from.advanced(by: x * pixel), byteCount: pixel)
      }
    }
  }

  /// Hands one row of the last layer over as interleaved samples.
  private func emit(row: Int, _ output: (Int, UnsafePointer<Float>) -> Void) {
    let channels = last.channels
    let width = last.width
    withUnsafeTemporaryAllocation(of: Float.self, capacity: width * channels) { samples in
      for channel in 0..<channels {
        let source =
          last.plane(channel / channelBlock) + last.offset(row: row) + channel % channelBlock
        for x in 0..<width { samples[x * channels + channel] = source[x * channelBlock] }
      }
      guard let samples = UnsafePointer(samples.baseAddress) else { return }
      output(row, samples)
    }
  }

  private func widened(_ rows: Range<Int>, within height: Int) -> Range<Int> {
    max(0, rows.lowerBound - 1)..<min(height, rows.upperBound + 1)
  }
}
