extension PictureJob {
  /// How long the job will take, by a trial: some rows of the picture are read, a piece of them is
  /// enlarged and written.
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

    // A piece of the picture's own, or of noise where reading it means reading all.
    let (tileWidth, tileHeight) = plan.passes[0].tiles.largest
    let side = upscaler.trialSide
    let (width, height) = (
      min(side, tileWidth, plan.input.width), min(side, tileHeight, plan.input.height)
    )
    var (sample, readSeconds) = (noise(width: width, height: height), 0.0)
    if wholeReason == nil {
      let reader = try PictureReader(bytes, limits: limits)
      let rows = max(height, min(reader.height, (4 << 20) / reader.width))
      let buffer = try ByteBuffer(count: rows * reader.rowByteCount, for: "rows to try")
      readSeconds =
        try timed { () throws(UpscaleError) in try reader.read(rows, into: buffer.bytes) }
        * Double(reader.height) / Double(rows)
      sample = crop(buffer, rows: rows, width: width, height: height)
    }
    // The first run takes its memory from the system.
    var result = try upscaler.upscale(sample, depth: plan.output.depth)
    let networkSeconds =
      try timed { () throws(UpscaleError) in
        result = try upscaler.upscale(sample, depth: plan.output.depth)
      }
      / Double(
        upscaler.network.operations(width: width, height: height)
          * upscaler.network.applications(to: plan.input.layout)) * Double(plan.operations)
    let writeSeconds =
      try timed { () throws(UpscaleError) in
        _ = try PictureEncoder.encode(result, as: form.format, options: form.encoding)
      } / Double(result.width * result.height) * Double(plan.output.width * plan.output.height)
    return readSeconds + networkSeconds + writeSeconds
  }

  /// The middle of the last rows held.
  private func crop(_ buffer: ByteBuffer, rows: Int, width: Int, height: Int) -> Picture {
    let format = plan.input
    let pixel = format.rowByteCount / format.width
    let left = (format.width - width) / 2 * pixel
    var bytes: [UInt8] = []
    for row in rows - height..<rows {
      let start = row * format.rowByteCount + left
      bytes.append(contentsOf: buffer.bytes[start..<start + width * pixel])
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
  /// Sides of a trial that takes about a second at most, and is no fair one when much smaller.
  fileprivate var trialSide: Int {
    network.operations(width: 64, height: 64) > 20_000_000_000 ? 96 : 256
  }
}
