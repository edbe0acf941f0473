public import Pictures
public import SystemSupport

/// A model made ready to enlarge pictures: the type that most callers need.
///
/// Making one packs the weights, which takes time, so keep it for the next picture. Any number of threads
/// may enlarge pictures with one `Upscaler` at a time: each gets the bytes that it would get alone, and
/// a call that is stopped or fails does not affect the others. The calls take turns at the upscaler's
/// threads, layer by layer (with `threads: 1` each computes on its caller's thread), and each has
/// buffers of its own.
public final class Upscaler: Sendable {
  /// The model that pictures are enlarged with.
  public let model: Model
  /// The factor of the model itself.
  public var scale: Int { network.scale }
  /// The level of kernels in use.
  public var cpuLevel: CPULevel { engine.level }
  /// Threads that compute a picture.
  public var threads: Int { engine.pool.count }
  /// The precision in use: `.exact`, even if `.fast` was asked for, where the CPU lacks the instructions.
  public let precision: Precision

  /// Whether the network is applied to each tile in all its eight positions, and the results averaged: the
  /// self-ensemble, of eight times the work.
  public let usesSelfEnsemble: Bool
  /// The network's share of the result, 0…1; the rest is a plain enlargement of the input.
  public let strength: Double

  let network: any Network
  let engine: Engine
  let workspaces = WorkspaceCache()
  private let memoryLimit: Int?
  /// Bytes of plans whose buffers are not allocated yet; they are subtracted from the available memory.
  private let planned = Shared(0)
  package let tileSize: Int?

  /// Packs a model's weights and starts the threads.
  ///
  /// - Parameters:
  ///   - model: the weights.
  ///   - precision: what is wanted; `Upscaler.precision` says what is done.
  ///   - threads: nil for all cores that this process may use.
  ///   - memoryLimit: bytes that each call of `upscale` may work with; nil for half of what is
  ///     available then.
  ///   - tileSize: side of a tile without halo in input pixels; nil for the largest that fits.
  ///   - usesSelfEnsemble: see the property.
  ///   - strength: see the property; what is beyond 0…1 is taken for its nearer end.
  /// - Throws: `.badModel` for a file that has changed meanwhile, `.memory` when there is no
  ///   memory for the weights.
  public convenience init(
    model: Model, precision: Precision = .exact, threads: Int? = nil, memoryLimit: Int? = nil,
    tileSize: Int? = nil, usesSelfEnsemble: Bool = false, strength: Double = 1
  ) throws(UpscaleError) {
    try self.init(
      model: model, level: .current(), precision: precision, threads: threads,
      memoryLimit: memoryLimit, tileSize: tileSize, usesSelfEnsemble: usesSelfEnsemble,
      strength: strength)
  }

  /// As the public one, with the level of kernels chosen.
  package init(
    model: Model, level: CPULevel, precision: Precision = .exact, threads: Int? = nil,
    memoryLimit: Int? = nil, tileSize: Int? = nil, usesSelfEnsemble: Bool = false,
    strength: Double = 1
  ) throws(UpscaleError) {
    self.usesSelfEnsemble = usesSelfEnsemble
    self.strength = min(max(strength, 0), 1)
    self.model = model
    self.precision = level.isFastWithIntegers ? precision : .exact
    self.memoryLimit = memoryLimit
    self.tileSize = tileSize
    engine = Engine(level: level, threads: threads ?? Machine.coreCount)
    network =
      switch model.architecture {
      case .rrdbNet(let shape):
        try RRDBNet(shape: shape, model: model, precision: self.precision)
      case .srvggNetCompact(let shape) where shape.scale != shape.shuffle:
        ReducedNetwork(
          try SRVGGNetCompact(shape: shape, model: model, precision: self.precision),
          scale: shape.scale)
      case .srvggNetCompact(let shape):
        try SRVGGNetCompact(shape: shape, model: model, precision: self.precision)
      case .span(let shape):
        try SPAN(shape: shape, model: model, precision: self.precision)
      }
    try model.checkIsUnchanged()
  }

  /// An upscaler of the same model, which shares the packed weights and has its own threads and buffers.
  ///
  /// - Parameters:
  ///   - other: what is shared with.
  ///   - threads: that compute.
  package init(sharing other: Upscaler, threads: Int) {
    model = other.model
    precision = other.precision
    network = other.network
    usesSelfEnsemble = other.usesSelfEnsemble
    strength = other.strength
    memoryLimit = other.memoryLimit
    tileSize = other.tileSize
    engine = Engine(level: other.engine.level, threads: threads)
  }

  /// Enlarges a picture that comes by rows, as planned.
  ///
  /// - Parameters:
  ///   - plan: what `plan` made of the picture's size.
  ///   - observer: told and asked at each layer of each tile.
  ///   - source: writes the next rows of the picture, from the top on, into the memory it is given.
  ///   - target: takes the next rows of the result.
  /// - Throws: `.cancelled` when asked to stop, `.memory` when memory is short, `.badModel` when
  ///   the network's sums overflow, and what `source` and `target` throw.
  package func run(
    _ plan: WorkPlan, observer: WorkObserver = WorkObserver(),
    from source: (UnsafeMutableRawBufferPointer) throws(UpscaleError) -> Void,
    into target: (UnsafeRawBufferPointer) throws(UpscaleError) -> Void
  ) throws(UpscaleError) {
    try withoutActuallyEscaping(target) { target throws(UpscaleError) in
      try run(
        plan, from: source, into: target,
        monitor: WorkMonitor(total: plan.multiplyAdds, observer: observer))
    }
  }

  private func run(
    _ plan: WorkPlan, from source: (UnsafeMutableRawBufferPointer) throws(UpscaleError) -> Void,
    into target: @escaping RowSink, monitor: WorkMonitor
  ) throws(UpscaleError) {
    if plan.keepsWeights { network.keepWeights() }
    var entries: [WorkspaceCache.Entry] = []
    defer { if let first = entries.last { workspaces.keep(first) } }
    // From the end to the start: each stage hands its rows to the one after it.
    var next = target
    if plan.workDepth != plan.output.depth {
      next = try DepthStage(to: plan.output, isDithered: plan.isDithered, next: next).take
    }
    if !plan.channels.givesAsComputed {
      next = try ExpandStage(
        plan.channels, input: plan.computedOutput, sourceDepth: plan.input.depth, next: next
      ).take
    }
    let fix =
      try plan.fixesColors
      ? ColorFixStage(from: plan.computedInput, to: plan.computedOutput, next: next) : nil
    if let fix { next = fix.take }
    let last = next
    let mix = try plan.mixing.map { (mixing) throws(UpscaleError) in
      try MixStage(
        PlainEnlargement(
          from: plan.computedInput, to: plan.computedOutput, waitingRows: mixing.waitingRows),
        output: plan.computedOutput, strength: mixing.strength, next: last)
    }
    if let mix { next = mix.take }
    if plan.isResampled, let last = plan.passes.last {
      next = try ResizeStage(from: last.output, to: plan.networkOutput, next: next).take
    }
    for pass in plan.passes.reversed() {
      let entry = try workspace(for: pass.tiles.workspaceSize)
      entries.append(entry)
      next = try NetworkStage(
        pass, network: network, workspace: entry.workspace, engine: engine, monitor: monitor,
        modelName: model.name, next: next
      ).take
    }
    if plan.computedInput.layout.hasAlpha, !plan.passes.isEmpty {
      // A network that takes alpha was trained on colours as they are under any alpha that can be seen.
      let trustedAlpha = network.takesAlpha ? 0 : ColorSpread.usualTrustedAlpha
      next = try ColorSpread(
        plan.computedInput, color: plan.channels.spreadColor, trustedAlpha: trustedAlpha, next: next
      ).take
    }
    let rowSize = plan.input.rowByteCount
    let rows = plan.rowsAtOnce
    let buffer = try ByteBuffer(count: rows * rowSize, for: "input rows")
    for start in stride(from: 0, to: plan.input.height, by: rows) {
      let count = min(rows, plan.input.height - start)
      let part = UnsafeMutableRawBufferPointer(rebasing: buffer.bytes[..<(count * rowSize)])
      try source(part)
      let computed = reduced(part, plan)
      fix?.takeInput(computed, rowByteCount: plan.computedInput.rowByteCount)
      try mix?.takeInput(computed)
      if plan.passes.isEmpty {
        try monitor.advance(by: 0)
      } else {
        try next(computed)
      }
    }
  }

  /// Rows without the channels that are not computed, in the same memory.
  private func reduced(
    _ rows: UnsafeMutableRawBufferPointer, _ plan: WorkPlan
  ) -> UnsafeRawBufferPointer {
    guard !plan.channels.readsAsStored else { return UnsafeRawBufferPointer(rows) }
    let count = rows.count / plan.input.rowByteCount * plan.computedInput.rowByteCount
    let target = UnsafeMutableRawBufferPointer(rebasing: rows[..<count])
    plan.channels.reduce(rows, depth: plan.input.depth, into: target)
    return UnsafeRawBufferPointer(target)
  }

  /// Enlarges a picture.
  ///
  /// Colour goes through the network, spread under transparent pixels first, so that it does not matter what is
  /// stored there. Alpha goes through the network or a resampler. For a factor that is not the
  /// model's own the network is applied as often as it takes to reach it, and the result is
  /// resampled down; below 1 it is not applied at all. See `usesSelfEnsemble` and `strength`. A gray model takes red, green and blue of a colour picture one after the other.
  ///
  /// - Parameters:
  ///   - picture: of any layout and depth.
  ///   - scale: nil for the model's own factor.
  ///   - depth: bits of the result's samples.
  ///   - alpha: what is made of transparency.
  ///   - observer: told and asked at each layer of each tile.
  /// - Returns: the picture in the same layout, but without alpha where that is opaque everywhere or dropped;
  ///   with its ICC profile.
  /// - Throws: `.cancelled` when asked to stop, `.memory` when memory is short, `.badModel` when
  ///   the network's sums overflow.
  public func upscale(
    _ picture: Picture, scale: Double? = nil, depth: Picture.Depth = .eight,
    alpha: AlphaTreatment = .automatic, observer: WorkObserver = WorkObserver()
  ) throws(UpscaleError) -> Picture {
    let channels = ChannelPlan(
      picture.layout, content: picture.content, depth: picture.depth, treatment: alpha,
      network: network)
    let plan = try planned.update { planned throws(UpscaleError) in
      let plan = try self.plan(
        width: picture.width, height: picture.height, channels: channels,
        inputDepth: picture.depth, scale: scale, depth: depth,
        memory: memoryLimit ?? max(0, Machine.availableMemory() - planned) / 2)
      planned += plan.bytes
      return plan
    }
    var reserved = plan.bytes
    func release() {
      planned.note { $0 -= reserved }
      reserved = 0
    }
    defer { release() }
    try MemoryExhaustion.require(
      plan.bytes + plan.output.height * plan.output.rowByteCount, for: "the work")
    var result: [UInt8] = []
    result.reserveCapacity(plan.output.height * plan.output.rowByteCount)
    var offset = 0
    try run(plan, observer: observer) { target throws(UpscaleError) in
      // By the time rows are read, the buffers are allocated.
      if offset == 0 { release() }
      picture.bytes.withUnsafeBytes {
        target.copyMemory(
          from: UnsafeRawBufferPointer(rebasing: $0[offset..<offset + target.count]))
      }
      offset += target.count
    } into: { rows throws(UpscaleError) in
      result.append(contentsOf: rows)
    }
    var enlarged = Picture(
      width: plan.output.width, height: plan.output.height, layout: plan.output.layout,
      depth: depth, bytes: result)
    enlarged.color = picture.color
    return enlarged
  }

  /// Buffers for tiles up to this size: the last picture's, or new ones.
  func workspace(
    for size: (width: Int, height: Int)
  ) throws(UpscaleError) -> WorkspaceCache.Entry {
    if let kept = workspaces.take(width: size.width, height: size.height) { return kept }
    return WorkspaceCache.Entry(
      workspace: try network.makeWorkspace(
        width: size.width, height: size.height, engine: engine),
      width: size.width, height: size.height)
  }
}
