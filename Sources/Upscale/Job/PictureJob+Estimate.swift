import Pictures
public import SystemSupport

extension PictureJob {
  /// Estimates how long the job will take by a trial: some rows of the picture are read, and a piece of
  /// them is enlarged and written.
  ///
  /// - Throws: as `run`, for damage in the rows that are tried.
  public func estimatedSeconds() throws(UpscaleError) -> Double {
    let clock = ContinuousClock()
    func timed(_ work: () throws(UpscaleError) -> Void) throws(UpscaleError) -> Double {
      let start = clock.now
      try work()
      let spent = clock.now - start
      return Double(spent.components.seconds) + Double(spent.components.attoseconds) * 1e-18
    }

    // A piece of the picture, or noise where reading a piece would mean decoding the whole picture.
    let (tileWidth, tileHeight) =
      plan.passes.first?.tiles.largest ?? (plan.input.width, plan.input.height)
    let side = upscaler.trialSide
    let (width, height) = (
      min(side, tileWidth, plan.input.width), min(side, tileHeight, plan.input.height)
    )
    var (sample, readSeconds) = (noise(width: width, height: height), 0.0)
    if wholeReason == nil {
      let reader = try PictureReader(bytes, limits: limits)
      let rows = max(height, min(reader.height, (4 << 20) / reader.width))
      readSeconds =
        try timed { () throws(UpscaleError) in
          sample = try crop(reader, rows: rows, width: width, height: height)
        } * Double(reader.height) / Double(rows)
    }
    // The first run takes its memory from the system.
    var (result, work) = try trial(sample)
    let trialSeconds = try timed { () throws(UpscaleError) in (result, work) = try trial(sample) }
    let outputArea = plan.output.width * plan.output.height
    // Without a network what is left is resampling.
    let networkSeconds =
      work > 0
      ? trialSeconds / Double(work) * Double(plan.multiplyAdds)
      : trialSeconds / Double(result.width * result.height) * Double(outputArea)
    // No more of them than the job will write: some formats are gathered in memory.
    result = top(of: result, rows: max(1, min(result.height, outputArea / result.width)))
    let writeSeconds =
      try timed { () throws(UpscaleError) in
        _ = try PictureEncoder.encode(result, as: spec.format, options: spec.encoding)
      } / Double(result.width * result.height) * Double(outputArea)
    return readSeconds + networkSeconds + writeSeconds
  }

  /// Enlarges a piece of the picture, or of noise, within the memory that the job itself takes.
  ///
  /// - Returns: the result, and the multiply-adds that it took.
  private func trial(_ sample: Picture) throws(UpscaleError) -> (Picture, Int) {
    let depth = plan.output.depth
    let piece = try upscaler.plan(
      width: sample.width, height: sample.height, channels: plan.channels,
      inputDepth: sample.depth, target: plan.passes.isEmpty ? plainSize(of: sample) : nil,
      depth: depth, fixesColors: plan.fixesColors, memory: plan.bytes)
    var result: [UInt8] = []
    var offset = 0
    try upscaler.run(piece) { target throws(UpscaleError) in
      sample.bytes.withUnsafeBytes {
        target.copyMemory(
          from: UnsafeRawBufferPointer(rebasing: $0[offset..<offset + target.count]))
      }
      offset += target.count
    } into: { rows throws(UpscaleError) in
      result.append(contentsOf: rows)
    }
    let picture = Picture(
      width: piece.output.width, height: piece.output.height, layout: piece.output.layout,
      depth: depth,
      bytes: result)
    return (picture, piece.multiplyAdds)
  }

  /// The size of a trial without a network: of the job's proportions.
  private func plainSize(of sample: Picture) -> TargetSize {
    func side(_ length: Int, _ input: Int, _ output: Int) -> Int {
      min(max(1, length * output / input), TargetSize.longestSide)
    }
    return TargetSize(
      width: side(sample.width, plan.input.width, plan.output.width),
      height: side(sample.height, plan.input.height, plan.output.height))
  }

  private func top(of picture: Picture, rows: Int) -> Picture {
    Picture(
      width: picture.width, height: rows, layout: picture.layout, depth: picture.depth,
      bytes: Array(picture.bytes.prefix(rows * picture.rowByteCount)))
  }

  /// Reads rows, and keeps the middle of the last of them.
  private func crop(
    _ reader: PictureReader, rows: Int, width: Int, height: Int
  ) throws(UpscaleError) -> Picture {
    let format = plan.input
    let pixel = format.rowByteCount / format.width
    let left = (format.width - width) / 2 * pixel
    let rowsAtOnce = max(1, min(rows, (1 << 20) / format.rowByteCount))
    let buffer = try ByteBuffer(count: rowsAtOnce * format.rowByteCount, for: "rows to try")
    var bytes: [UInt8] = []
    for first in stride(from: 0, to: rows, by: rowsAtOnce) {
      let count = min(rowsAtOnce, rows - first)
      try reader.read(
        count,
        into: UnsafeMutableRawBufferPointer(
          rebasing: buffer.bytes[..<(count * format.rowByteCount)]))
      for row in 0..<count where first + row >= rows - height {
        let start = row * format.rowByteCount + left
        bytes.append(contentsOf: buffer.bytes[start..<start + width * pixel])
      }
    }
    return Picture(
      width: width, height: height, layout: format.layout, depth: format.depth, bytes: bytes)
  }

  private func noise(width: Int, height: Int) -> Picture {
    var state: UInt32 = 1
    let count = width * height * plan.input.layout.rawValue * plan.input.depth.byteCount
    return Picture(
      width: width, height: height, layout: plan.input.layout, depth: plan.input.depth,
      bytes: (0..<count).map { _ in
        state = state &* 1_664_525 &+ 1_013_904_223
        return UInt8(state >> 24)
      })
  }
}

extension Upscaler {
  /// The side of a trial picture: it takes about a second at most, and a much smaller one would not
  /// represent the job.
  fileprivate var trialSide: Int {
    network.multiplyAdds(width: 64, height: 64) > 20_000_000_000 ? 96 : 256
  }
}
