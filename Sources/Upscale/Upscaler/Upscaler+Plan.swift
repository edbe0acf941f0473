public import Pictures
public import SystemSupport

extension Upscaler {
  /// Plans the work on a picture.
  ///
  /// Of all grids of tiles that fit in the memory, each application of the network gets the one that
  /// computes the least twice.
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
    let size = outputSize(width: width, height: height, scale: scale)
    let input = RowFormat(width: width, height: height, layout: layout, depth: inputDepth)
    let output = RowFormat(width: size.width, height: size.height, layout: layout, depth: depth)
    let formats = try passFormats(from: input, to: output)
    let last = formats[formats.count - 1]
    let resampled =
      (last.width, last.height) == size ? 0 : ResizeStage.byteCount(from: last, to: output)

    // The least that each pass needs; what is left goes to the last passes first, where most of the
    // work is.
    let inputs = [input] + formats.dropLast()
    let smallest = zip(inputs, formats).map { smallestPass(from: $0, to: $1) }
    let needed = smallest.reduce(resampled) { $0 + $1.bytes }
    guard needed <= memory else {
      let (needs, may) = byteCountTexts(needed, of: max(0, memory))
      let tiles = tileSize.map { "tiles of \($0) pixels" } ?? "even the smallest tiles"
      throw UpscaleError(
        .memory(
          .init(.tiles(ofChosenSize: tileSize != nil), needed: needed, available: memory)),
        "not enough memory: \(tiles) need \(needs) and \(may) may be used")
    }
    var spare = memory - needed
    var passes = smallest
    for index in passes.indices.reversed() {
      let chosen = try largestPass(
        from: inputs[index], to: formats[index], memory: passes[index].bytes + spare)
      spare -= max(0, chosen.bytes - passes[index].bytes)
      passes[index] = chosen
    }
    let applications = network.applications(to: layout)
    let multiplyAdds = passes.flatMap(\.tiles.tiles).reduce(0) {
      $0 + applications * network.multiplyAdds(width: $1.padded.width, height: $1.padded.height)
    }
    let kept = keptBytes(for: passes)
    let keepsWeights = kept > 0 && kept <= spare
    return WorkPlan(
      input: input, output: output, passes: passes, multiplyAdds: multiplyAdds,
      keepsWeights: keepsWeights,
      bytes: passes.reduce(resampled) { $0 + $1.bytes } + (keepsWeights ? kept : 0))
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
    let least = plan.passes.reduce(0) { $0 + smallestPass(from: $1.input, to: $1.output).bytes }
    return (least, plan.bytes)
  }

  /// What keeping transformed weights would take, where it is worth it: for small tiles of which this
  /// is not the first.
  private func keptBytes(for passes: [WorkPlan.Pass]) -> Int {
    let tiles = passes.reduce(0) { $0 + $1.tiles.rows.count * $1.tiles.columns.count }
    guard tiles > 1 || workspaces.wasUsed else { return 0 }
    return weightBytes(
      worthKeepingFor: passes.map { $0.tiles.largest.width * $0.tiles.largest.height }.max() ?? 0)
  }

  /// What keeping transformed weights would take, where tiles of so many pixels make it worth it.
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
          "the result would have more than 16 million pixels a side: use a smaller scale"
        )
      }
      (reached.width, reached.height) = (width, height)
      // What is resampled or enlarged again keeps 16 bits until the end.
      let isFinal = (width, height) == (output.width, output.height)
      reached.depth = isFinal ? output.depth : .sixteen
      formats.append(reached)
    } while scale > 1 && (reached.width < output.width || reached.height < output.height)
    return formats
  }

  private func pass(_ tiles: TilePlan, from input: RowFormat, to output: RowFormat) -> WorkPlan.Pass
  {
    let (width, height) = tiles.largest
    return WorkPlan.Pass(
      input: input, output: output, tiles: tiles,
      bytes: network.workspaceBytes(width: width, height: height, threads: threads)
        + NetworkStage.byteCount(tiles, input: input, output: output, scale: scale))
  }

  private func smallestPass(from input: RowFormat, to output: RowFormat) -> WorkPlan.Pass {
    if let fixed = fixedTiles(input) { return pass(fixed, from: input, to: output) }
    return pass(
      .smallest(
        width: input.width, height: input.height, halo: network.tileHalo,
        unshuffle: network.unshuffle), from: input, to: output)
  }

  private func largestPass(
    from input: RowFormat, to output: RowFormat, memory: Int
  ) throws(UpscaleError) -> WorkPlan.Pass {
    if let fixed = fixedTiles(input) { return pass(fixed, from: input, to: output) }
    let best = TilePlan.fitting(
      width: input.width, height: input.height, halo: network.tileHalo,
      unshuffle: network.unshuffle
    ) { pass($0, from: input, to: output).bytes <= memory }
    return best.map { pass($0, from: input, to: output) } ?? smallestPass(from: input, to: output)
  }

  /// The grid that `tileSize` asks for.
  private func fixedTiles(_ input: RowFormat) -> TilePlan? {
    tileSize.map {
      TilePlan(
        width: input.width, height: input.height, core: $0, halo: network.tileHalo,
        unshuffle: network.unshuffle)
    }
  }
}
