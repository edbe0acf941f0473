public import Pictures
public import SystemSupport

/// Enlarges one encoded picture into another: planned when it is made, computed by `run`.
///
/// Neither the picture nor the result is whole in memory where their formats can be read and
/// written by rows.
public final class PictureJob {
  /// The tiles of every application of the network.
  public let plan: WorkPlan
  /// What the input file says.
  public let info: PictureInfo
  /// The input's columns and rows, upright.
  public let inputSize: (width: Int, height: Int)
  /// Properties of the picture that the output's format cannot hold, a sentence each.
  public let losses: [String]
  /// What the process will hold at most, in bytes.
  public let predictedPeak: Int
  /// Why the input must be whole in memory, or nil.
  public var wholeReason: String? { reader.wholeReason }
  /// Faults of the input that were tolerated, a sentence each; complete when the job is done.
  public var warnings: [String] {
    reader.warnings + (spec.stripsMetadata ? [] : reader.metadata.warnings)
  }
  /// What is wrong with the input's pixels, or nil where it is whole; complete when the job is done.
  public var damage: PictureDamage? { reader.damage }

  let upscaler: Upscaler
  let bytes: [UInt8]
  let limits: PictureLimits
  let spec: OutputSpec
  private let reader: PictureReader
  private let optimisesJPEG: Bool
  private let metadata: OutputMetadata

  /// - Parameters:
  ///   - bytes: the contents of the input file.
  ///   - limits: what is too large to be read.
  ///   - spec: what the result is like.
  ///   - upscaler: the model, ready.
  ///   - budget: what the process may hold at its peak.
  /// - Throws: `.unusablePicture`; `.cannotCreate` for a result that the format cannot hold;
  ///   `.memory` where the budget is not enough.
  public init(
    _ bytes: [UInt8], limits: PictureLimits = PictureLimits(), spec: OutputSpec, upscaler: Upscaler,
    budget: MemoryBudget = MemoryBudget()
  ) throws(UpscaleError) {
    let colors: ColorReading = spec.color.convertsToSRGB ? .srgb : .encoded
    let reader = try PictureReader(bytes, limits: limits, colors: colors)
    self.bytes = bytes
    self.limits = limits
    self.spec = spec
    self.upscaler = upscaler
    info = reader.info
    inputSize = (reader.width, reader.height)
    let size = upscaler.outputSize(
      width: reader.width, height: reader.height, scale: spec.scale, target: spec.target)
    try PictureEncoder.check(
      width: size.width, height: size.height, layout: reader.layout, format: spec.format)
    let depth = spec.depth ?? (spec.format == .png ? reader.depth : .eight)
    let output = RowFormat(
      width: size.width, height: size.height, layout: reader.layout, depth: depth)
    func writing(optimised: Bool) -> Int {
      PictureWriter.memory(
        output, format: spec.format, options: spec.encoding, optimisesJPEG: optimised)
    }
    let free = budget.free
    let optimises = PictureWriter.optimisesJPEG(output)
    // Fitted Huffman tables make the file a few per cent smaller: no reason to refuse a picture or to make
    // tiles smaller.
    optimisesJPEG = optimises && writing(optimised: true) <= free / 4
    metadata = Self.metadata(of: reader, output: size, spec: spec, upscaler: upscaler)
    let codecs =
      reader.memory + writing(optimised: optimisesJPEG)
      + (reader.lightCoding == nil ? 0 : output.rowByteCount)
      + metadata.byteCount
    if codecs > free {
      let (reading, encoding) = (reader.memory, writing(optimised: false))
      let reason =
        reading > encoding
        ? reader.wholeReason.map { "\($0), which must be read whole, needs" } ?? "reading it needs"
        : "the \(spec.format.name) of \(size.width) x \(size.height) pixels, which is written whole, needs"
      let (needs, may) = byteCountTexts(codecs, of: max(0, free))
      throw UpscaleError(
        .memory(
          .init(.picture(isOutput: reading <= encoding), needed: codecs, available: free)),
        "not enough memory: \(reason) \(needs) and \(may) may be used")
    }
    let (content, isSpent) = try reader.examineContent()
    self.reader =
      isSpent
      ? try PictureReader(bytes, limits: limits, colors: colors) : reader
    let channels = ChannelPlan(
      reader.layout, content: content, depth: reader.depth, treatment: spec.alpha,
      network: upscaler.network)
    losses =
      PictureEncoder.losses(
        layout: channels.result, depth: reader.depth, color: reader.color,
        as: spec.format) + [metadata.loss].compactMap(\.self)
    plan = try upscaler.plan(
      width: reader.width, height: reader.height, channels: channels, inputDepth: reader.depth,
      scale: spec.scale, target: spec.target, depth: depth, fixesColors: spec.color.fixesColors,
      memory: free - codecs)
    predictedPeak = max(
      Machine.peakResidentMemory(),
      budget.bytes - free + codecs + plan.bytes)
  }

  /// What the output is to say beside its pixels and colours.
  private static func metadata(
    of reader: PictureReader, output: (width: Int, height: Int), spec: OutputSpec,
    upscaler: Upscaler
  ) -> OutputMetadata {
    guard !spec.stripsMetadata else { return OutputMetadata(spec.format) }
    let (width, height) = (reader.width, reader.height)
    let usesNetwork = upscaler.usesNetwork(
      width: width, height: height, scale: spec.scale, target: spec.target)
    let ratio = Double(output.width) / Double(max(1, width))
    let scale = spec.target != nil ? ratio : spec.scale ?? Double(upscaler.scale)
    return OutputMetadata(
      reader.metadata, source: (width, height), output: output,
      record: spec.provenance?.record(upscaler, scale: scale, usesNetwork: usesNetwork),
      format: spec.format)
  }

  /// Does the work; the encoded result goes to `target` piece by piece.
  ///
  /// - Parameters:
  ///   - target: takes the result.
  ///   - observer: told of the share of the time that is over, and asked at each layer of each tile.
  /// - Throws: `.cancelled` when asked to stop, `.unusablePicture` for damage in the input, and what
  ///   `target` throws.
  public func run(
    into target: @escaping (UnsafeRawBufferPointer) throws(UpscaleError) -> Void,
    observer: WorkObserver = WorkObserver()
  ) throws(UpscaleError) {
    // Only a PNG of 16 bits holds samples that are proportional to light without loss.
    let coding =
      spec.format == .png && plan.output.depth == .sixteen ? reader.lightCoding : nil
    let writer = try PictureWriter(
      plan.output, color: coding == nil ? reader.color : reader.storedColor, format: spec.format,
      options: spec.encoding,
      optimisesJPEG: optimisesJPEG, metadata: metadata, sink: target)
    var write: RowSink = { (rows) throws(UpscaleError) in try writer.write(rows) }
    if let coding { write = try LightStage(coding, plan.output, next: write).take }
    var account = JobProgress(plan, spec: spec, input: info.format, upscaler: upscaler)
    let start = monotonicSeconds()
    var (readSeconds, writeSeconds) = (0.0, 0.0)
    var (bytesRead, bytesWritten) = (0, 0)
    var hasBegun = false
    let rowSize = max(1, plan.input.rowByteCount)
    let whole = (
      read: Double(max(1, plan.input.height * rowSize)),
      written: Double(max(1, plan.output.height * plan.output.rowByteCount))
    )
    // A format that is gathered in memory is written only at the end.
    let writesByRows = PictureWriter.writesByRows(
      spec.format, options: spec.encoding, optimisesJPEG: optimisesJPEG)
    let network = observer.observing { share in
      let seconds =
        monotonicSeconds() - start - account.setUpSeconds - readSeconds - writeSeconds
      account.note(.network, seconds: seconds, share: share)
      observer.note(account.fraction)
    }
    try upscaler.run(plan, observer: network) { rows throws(UpscaleError) in
      let before = monotonicSeconds()
      if !hasBegun {
        hasBegun = true
        account.setUpSeconds = before - start
      }
      try reader.read(rows.count / rowSize, into: rows)
      readSeconds += monotonicSeconds() - before
      bytesRead += rows.count
      account.note(.read, seconds: readSeconds, share: Double(bytesRead) / whole.read)
    } into: { rows throws(UpscaleError) in
      // The rows may be the whole result: some at a time, so that it is seen and can be stopped.
      let outputRow = plan.output.rowByteCount
      let piece = max(1, (4 << 20) / outputRow) * outputRow
      for first in stride(from: 0, to: rows.count, by: piece) {
        let before = monotonicSeconds()
        try write(
          UnsafeRawBufferPointer(rebasing: rows[first..<min(rows.count, first + piece)]))
        writeSeconds += monotonicSeconds() - before
        guard writesByRows else { continue }
        bytesWritten += min(piece, rows.count - first)
        account.note(.write, seconds: writeSeconds, share: Double(bytesWritten) / whole.written)
        observer.note(account.fraction)
        try observer.checkCancellation()
      }
    }
    try writer.finish()
    observer.note(1)
  }
}
