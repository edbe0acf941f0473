public import Pictures
public import SystemSupport

extension Upscaler {
  /// Plans the work on a picture.
  ///
  /// Of all grids of tiles that fit in the memory, each application of the network gets the one that
  /// computes the fewest pixels twice.
  ///
  /// - Parameters:
  ///   - width: columns of the picture.
  ///   - height: its rows.
  ///   - layout: its channels.
  ///   - inputDepth: bits of its samples.
  ///   - scale: nil for the model's own factor.
  ///   - depth: bits of the result's samples.
  ///   - memory: bytes that the work may take beside what the process holds already.
  /// - Returns: the plan, for `run`.
  /// - Throws: `.memory` if not even small tiles fit.
  public func plan(
    width: Int, height: Int, layout: Picture.Layout, inputDepth: Picture.Depth = .eight,
    scale: Double? = nil, depth: Picture.Depth = .eight, memory: Int
  ) throws(UpscaleError) -> WorkPlan {
    try plan(
      width: width, height: height, channels: ChannelPlan(layout), inputDepth: inputDepth,
      scale: scale, depth: depth, memory: memory)
  }

  /// As the public one, with what is known of the picture's samples, and with a size in place of a factor.
  package func plan(
    width: Int, height: Int, channels: ChannelPlan, inputDepth: Picture.Depth,
    scale: Double? = nil, target: TargetSize? = nil, depth: Picture.Depth,
    fixesColors: Bool = false, memory: Int
  ) throws(UpscaleError) -> WorkPlan {
    let size = outputSize(width: width, height: height, scale: scale, target: target)
    let share =
      usesNetwork(width: width, height: height, scale: scale, target: target) ? strength : 0
    let input = RowFormat(
      width: width, height: height, layout: channels.computed, depth: inputDepth)
    let isDithered = WorkPlan.isDithered(from: inputDepth, to: depth)
    let output = RowFormat(
      width: size.width, height: size.height, layout: channels.computed,
      depth: isDithered || fixesColors ? .sixteen : depth)
    var result = output.with(channels.result)
    result.depth = depth
    let alpha = alphaSource(channels)
    let formats = try share == 0 ? [] : passFormats(from: input, to: output)
    var fixed =
      (share < 1 ? plainByteCount(from: input, to: output) : 0)
      + ExpandStage.byteCount(channels, output)
      + (channels.computed.hasAlpha ? ColorSpread.byteCount(input) : 0)
      + (output.depth == depth ? 0 : result.rowByteCount)
      + (fixesColors ? ColorFixStage.byteCount(from: input, to: output) : 0)
    if let last = formats.last, (last.width, last.height) != size {
      fixed += ResizeStage.byteCount(from: last, to: output)
    }

    // The least that each pass needs; what is left goes to the last passes first, where most of the
    // work is.
    let inputs = Array(([input] + formats).prefix(formats.count))
    let smallest = zip(inputs, formats).map { smallestPass(from: $0, to: $1, alpha) }
    let needed = smallest.reduce(fixed) { $0 + $1.bytes + waitingBytes($1, of: input) }
    guard needed <= memory else {
      let (needs, may) = byteCountTexts(needed, of: max(0, memory))
      let tiles = tileSize.map { "tiles of \($0) pixels" } ?? "even the smallest tiles"
      throw UpscaleError(
        .memory(
          .init(.tiles(ofChosenSize: tileSize != nil), needed: needed, available: memory)),
        "not enough memory: \(tiles) need \(needs) and \(may) may be used")
    }
    func bytes(_ pass: WorkPlan.Pass) -> Int { pass.bytes + waitingBytes(pass, of: input) }
    var spare = memory - needed
    var passes = smallest
    for index in passes.indices.reversed() {
      let chosen = try largestPass(
        from: inputs[index], to: formats[index], alpha, of: input,
        memory: bytes(passes[index]) + spare)
      spare -= max(0, bytes(chosen) - bytes(passes[index]))
      passes[index] = chosen
    }
    let applications = network.subjects(of: channels.computed, takingAlpha: alpha == .network).count
    let multiplyAdds = passes.flatMap(\.tiles.computedSizes).reduce(0) {
      $0 + applications * network.multiplyAdds(width: $1.width, height: $1.height)
    }
    let kept = keptBytes(for: passes)
    let keepsWeights = kept > 0 && kept <= spare
    return WorkPlan(
      input: input.with(channels.source), output: result,
      channels: channels, passes: passes,
      mixing: share < 1
        ? .init(strength: share, waitingRows: waitingRows(passes, from: input, to: output))
        : nil,
      fixesColors: fixesColors,
      multiplyAdds: multiplyAdds, keepsWeights: keepsWeights,
      bytes: passes.reduce(fixed) { $0 + bytes($1) } + (keepsWeights ? kept : 0))
  }

  /// Bytes of memory that enlarging a colour picture of this size by the model's own factor takes beside the
  /// weights and the files.
  ///
  /// - Returns: in the smallest tiles, and in one piece.
  /// - Throws: `.resultTooLarge`.
  public func workMemory(
    width: Int, height: Int
  ) throws(UpscaleError) -> (least: Int, whole: Int) {
    let plan = try plan(width: width, height: height, layout: .rgb, memory: 1 << 56)
    let least = plan.passes.reduce(0) {
      $0 + smallestPass(from: $1.input, to: $1.output, $1.alpha).bytes
    }
    return (least, plan.bytes)
  }

  /// Bytes that keeping transformed weights would take, or 0 where it does not pay: it does for small
  /// tiles of which this is not the first.
  private func keptBytes(for passes: [WorkPlan.Pass]) -> Int {
    let tiles = passes.reduce(0) { $0 + $1.tiles.rows.count * $1.tiles.columns.count }
    guard tiles > 1 || usesSelfEnsemble || workspaces.wasUsed else { return 0 }
    return weightBytes(
      worthKeepingFor: passes.map { $0.tiles.largest.width * $0.tiles.largest.height }.max() ?? 0)
  }

  /// Bytes that keeping transformed weights would take, or 0 where tiles of so many pixels do not make it
  /// pay.
  func weightBytes(worthKeepingFor area: Int) -> Int {
    area <= network.keepingArea ? network.weightBytesToKeep : 0
  }

  /// The rows that come out of each application of the network: as many as it takes to reach a size.
  private func passFormats(
    from input: RowFormat, to output: RowFormat
  ) throws(UpscaleError) -> [RowFormat] {
    var formats: [RowFormat] = []
    var reached = input
    repeat {
      let (width, isTooWide) = reached.width.multipliedReportingOverflow(by: scale)
      let (height, isTooHigh) = reached.height.multipliedReportingOverflow(by: scale)
      // What follows multiplies sides with each other and with bytes.
      guard !isTooWide, !isTooHigh, max(width, height) < 1 << 24 else {
        throw UpscaleError(
          .resultTooLarge,
          "what the network computes would have more than 16 million pixels a side: use a smaller"
            + " scale"
        )
      }
      (reached.width, reached.height) = (width, height)
      // What is resampled, mixed or enlarged again keeps 16 bits until the end.
      let isFinal = (width, height) == (output.width, output.height) && strength == 1
      reached.depth = isFinal ? output.depth : .sixteen
      formats.append(reached)
    } while scale > 1 && (reached.width < output.width || reached.height < output.height)
    return formats
  }

  /// Where alpha comes from in each pass.
  private func alphaSource(_ channels: ChannelPlan) -> AlphaSource {
    guard channels.computed.hasAlpha else { return .none }
    switch channels.treatment {
    case .resample, .drop: return .resampled
    case .network: return network.makesAlpha ? .fourthChannel : .network
    case .automatic:
      if network.makesAlpha { return .fourthChannel }
      return channels.hasHardAlpha && network.suitsHardEdges ? .network : .resampled
    }
  }

  private func pass(
    _ tiles: TilePlan, from input: RowFormat, to output: RowFormat, _ alpha: AlphaSource
  ) -> WorkPlan.Pass {
    let (width, height) = tiles.workspaceSize
    return WorkPlan.Pass(
      input: input, output: output, tiles: tiles, alpha: alpha,
      bytes: network.workspaceBytes(width: width, height: height, threads: threads)
        + NetworkStage.byteCount(tiles, input: input, output: output, network: network)
        + (alpha == .none ? 0 : threads * AlphaBounds.byteCount(input)))
  }

  private func smallestPass(
    from input: RowFormat, to output: RowFormat, _ alpha: AlphaSource
  ) -> WorkPlan.Pass {
    if let fixed = fixedTiles(input) { return pass(fixed, from: input, to: output, alpha) }
    return pass(
      .smallest(
        width: input.width, height: input.height, halo: network.tileHalo,
        unshuffle: network.unshuffle, isMirrored: usesSelfEnsemble), from: input, to: output,
      alpha)
  }

  private func largestPass(
    from input: RowFormat, to output: RowFormat, _ alpha: AlphaSource, of picture: RowFormat,
    memory: Int
  ) throws(UpscaleError) -> WorkPlan.Pass {
    if let fixed = fixedTiles(input) { return pass(fixed, from: input, to: output, alpha) }
    let best = TilePlan.fitting(
      width: input.width, height: input.height, halo: network.tileHalo,
      unshuffle: network.unshuffle, isMirrored: usesSelfEnsemble
    ) {
      let pass = pass($0, from: input, to: output, alpha)
      return pass.bytes + waitingBytes(pass, of: picture) <= memory
    }
    return best.map { pass($0, from: input, to: output, alpha) }
      ?? smallestPass(from: input, to: output, alpha)
  }

  /// The grid that `tileSize` asks for.
  private func fixedTiles(_ input: RowFormat) -> TilePlan? {
    tileSize.map {
      TilePlan(
        width: input.width, height: input.height, core: $0, halo: network.tileHalo,
        unshuffle: network.unshuffle, isMirrored: usesSelfEnsemble)
    }
  }
}
