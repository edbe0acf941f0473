/// A model made ready to enlarge pictures: the library's front door.
///
/// One `Upscaler` serves one picture at a time; making it packs the weights, so keep it for the
/// next picture.
public final class Upscaler: Sendable {
  public let model: Model
  /// The factor of the model itself.
  public var scale: Int { network.scale }
  /// The level of kernels in use.
  public var cpuLevel: CPULevel { engine.level }
  /// Threads that compute.
  public var threads: Int { engine.pool.count }
  /// What is computed with: `.exact` where the CPU has nothing that would make `.fast` fast.
  public let precision: Precision

  let network: any Network
  let engine: Engine
  private let workspaces = WorkspaceCache()
  private let memoryLimit: Int?
  private let tileSize: Int?

  /// - Parameters:
  ///   - model: the weights.
  ///   - precision: what is wanted; `Upscaler.precision` says what is done.
  ///   - threads: nil for all cores that this process may use.
  ///   - memoryLimit: bytes for activations; nil for half of what is available when work begins.
  ///   - tileSize: side of a tile without halo in input pixels; nil for the largest that fits.
  /// - Throws: kind `.badModel` for a network that does not take and give colour pictures,
  ///   `.tryLater` when there is no memory for the weights.
  public convenience init(
    model: Model, precision: Precision = .exact, threads: Int? = nil, memoryLimit: Int? = nil,
    tileSize: Int? = nil
  ) throws(UpscaleError) {
    try self.init(
      model: model, level: .current(), precision: precision, threads: threads,
      memoryLimit: memoryLimit, tileSize: tileSize)
  }

  /// As the public one, with the level of kernels chosen.
  package init(
    model: Model, level: CPULevel, precision: Precision = .exact, threads: Int? = nil,
    memoryLimit: Int? = nil, tileSize: Int? = nil
  ) throws(UpscaleError) {
    self.model = model
    self.precision = level.isFastWithIntegers ? precision : .exact
    self.memoryLimit = memoryLimit
    self.tileSize = tileSize
    engine = Engine(level: level, threads: threads ?? Machine.coreCount)
    network =
      switch model.architecture {
      case .rrdbNet(let shape):
        try RRDBNet(shape: shape, model: model, precision: self.precision)
      case .srvggNetCompact(let shape):
        try SRVGGNetCompact(shape: shape, model: model, precision: self.precision)
      }
    let channels = (network.inputChannels, network.outputChannels)
    guard channels == (3, 3) || channels == (1, 1) else {
      throw UpscaleError(
        .badModel,
        "the model turns \(channels.0) channels into \(channels.1); "
          + "only colour (3) and gray (1) models can be used")
    }
  }

  /// How a picture of this size would be cut into tiles.
  package func plan(width: Int, height: Int) throws(UpscaleError) -> TilePlan {
    let halo = network.tileHalo
    if let tileSize {
      return TilePlan(
        width: width, height: height, core: tileSize, halo: halo,
        unshuffle: network.unshuffle)
    }
    return try TilePlan.fitting(
      width: width, height: height, network: network, halo: halo, threads: threads,
      memory: memoryLimit ?? Machine.availableMemory() / 2)
  }

  /// The size that `upscale` gives a picture; without `scale`, by the model's own factor.
  public func outputSize(width: Int, height: Int, scale: Double? = nil) -> (
    width: Int, height: Int
  ) {
    func side(_ length: Int) -> Int {
      guard let scale else { return length * self.scale }
      return max(1, Int((Double(length) * scale).rounded()))
    }
    return (side(width), side(height))
  }

  /// Enlarges a picture.
  ///
  /// Colour goes through the network, alpha through a resampler. For a factor that is not the
  /// model's own the network is applied as often as it takes to reach it, and the result is
  /// resampled down.
  ///
  /// - Parameters:
  ///   - picture: of any layout and depth.
  ///   - scale: nil for the model's own factor.
  ///   - depth: bits of the result's samples.
  ///   - progress: takes the share of the work done, 0…1, now and then.
  ///   - isCancelled: asked now and then (each layer of each tile).
  /// - Returns: the picture in the same layout, with its ICC profile.
  /// - Throws: kind `.cancelled` when asked to stop, `.tryLater` when memory is short.
  public func upscale(
    _ picture: Picture, scale: Double? = nil, depth: Picture.Depth = .eight,
    progress: (Double) -> Void = { _ in }, isCancelled: () -> Bool = { false }
  ) throws(UpscaleError) -> Picture {
    let size = outputSize(width: picture.width, height: picture.height, scale: scale)
    let passes = try plans(for: picture, width: size.width, height: size.height)
    let total = passes.joined().reduce(0) { sum, tile in
      sum + network.operations(width: tile.padded.width, height: tile.padded.height)
    }
    return try withoutActuallyEscaping(progress) { progress throws(UpscaleError) in
      try withoutActuallyEscaping(isCancelled) { isCancelled throws(UpscaleError) in
        let monitor = WorkMonitor(total: total, progress: progress, isCancelled: isCancelled)
        var result = picture
        for (index, tiles) in passes.enumerated() {
          let isFinal =
            index == passes.count - 1 && result.width * self.scale == size.width
            && result.height * self.scale == size.height
          // What is resampled or enlarged again keeps 16 bits until the end.
          result = try enlarge(
            result, tiles: tiles, depth: isFinal ? depth : .sixteen, monitor: monitor)
        }
        if (result.width, result.height) != size {
          result = result.resized(width: size.width, height: size.height)
        }
        return result.converted(to: depth)
      }
    }
  }

  /// The tiles of each application of the network that it takes to reach a size.
  private func plans(
    for picture: Picture, width: Int, height: Int
  ) throws(UpscaleError) -> [[TilePlan.Tile]] {
    var passes: [[TilePlan.Tile]] = []
    var (reachedWidth, reachedHeight) = (picture.width, picture.height)
    repeat {
      passes.append(try plan(width: reachedWidth, height: reachedHeight).tiles)
      reachedWidth *= scale
      reachedHeight *= scale
    } while scale > 1 && (reachedWidth < width || reachedHeight < height)
    return passes
  }

  /// One application of the network.
  private func enlarge(
    _ picture: Picture, tiles: [TilePlan.Tile], depth: Picture.Depth, monitor: WorkMonitor
  ) throws(UpscaleError) -> Picture {
    let (width, height) = (picture.width * scale, picture.height * scale)
    let entry = try workspace(
      width: tiles.map(\.padded.width).max() ?? 0,
      height: tiles.map(\.padded.height).max() ?? 0)
    defer { workspaces.keep(entry) }
    let workspace = entry.workspace
    let input = TileInput(picture: picture, unshuffle: network.unshuffle, engine: engine)
    let channels = network.outputChannels
    var bytes = [UInt8](
      repeating: 0, count: width * height * picture.layout.rawValue * depth.byteCount)
    try bytes.withUnsafeMutableBufferPointer { samples throws(UpscaleError) in
      let target = TileOutput(
        bytes: UnsafeMutableRawBufferPointer(samples), width: width, height: height,
        layout: picture.layout, depth: depth)
      for tile in tiles {
        workspace.prepare(width: tile.padded.width, height: tile.padded.height)
        input.fill(workspace.input, from: tile.padded)
        let core = tile.core.scaled(by: scale)
        let padded = tile.padded.scaled(by: scale)
        try workspace.run(
          rows: core.y - padded.y..<core.y - padded.y + core.height, on: engine,
          monitor: monitor
        ) { row, columns, samples in
          guard core.rows.contains(row + padded.y) else { return }
          let first = columns.lowerBound + padded.x
          target.write(
            row: row + padded.y, samples: samples, from: first,
            columns: core.columns.clamped(to: first..<first + columns.count),
            channels: channels)
        }
      }
    }
    let result = Picture(
      width: width, height: height, layout: picture.layout, depth: depth, bytes: bytes,
      iccProfile: picture.iccProfile)
    return picture.layout.hasAlpha ? result.withAlpha(enlargedFrom: picture) : result
  }

  /// Buffers for tiles up to this size: the last picture's, or new ones.
  private func workspace(
    width: Int, height: Int
  ) throws(UpscaleError) -> WorkspaceCache.Entry {
    if let kept = workspaces.take(width: width, height: height) { return kept }
    return WorkspaceCache.Entry(
      workspace: try network.makeWorkspace(width: width, height: height, engine: engine),
      width: width, height: height)
  }
}
