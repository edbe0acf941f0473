import Synchronization
import Upscale

/// Works on one picture at a time, from its claim to the claim's release.
///
/// Used from one thread.
final class BatchWorker {
  private let context: BatchContext
  private let queue: WorkQueue
  private let upscaler: Upscaler
  private let index: Int
  /// Bytes that this worker may take.
  private let share: Int
  /// Whether a picture that does not fit into this worker's share untiled is left for the phase in which
  /// one worker has all memory.
  private let leavesLargeOnes: Bool

  /// Errors by what they concern.
  private enum Trouble: Error {
    /// The input could not be read; the sentence names it.
    case input(UpscaleError)
    case picture(UpscaleError)
    case output(UpscaleError)
    case tooLarge
    case cancelled
  }

  init(
    _ context: BatchContext, queue: WorkQueue, upscaler: Upscaler, index: Int, share: Int,
    leavesLargeOnes: Bool
  ) {
    self.context = context
    self.queue = queue
    self.upscaler = upscaler
    self.index = index
    self.share = share
    self.leavesLargeOnes = leavesLargeOnes
  }

  private var isStopping: Bool { context.isStopping.load(ordering: .relaxed) }

  /// Makes buffers that are large enough for all pictures to come, if they take no more than half of
  /// the worker's memory.
  ///
  /// - Parameter side: of those pictures.
  func prepare(side: Int) {
    guard upscaler.bufferBytes(width: side, height: side) <= share / 2 else { return }
    // Where this fails, each picture allocates its own buffers.
    try? upscaler.prepareBuffers(width: side, height: side)
  }

  /// Works until nothing is left.
  func run() {
    while !isStopping, let item = queue.next() {
      do throws(UpscaleError) {
        try work(item)
      } catch {
        // An error that does not concern one picture concerns all.
        context.halt(error)
      }
    }
  }

  /// - Throws: what ends the run.
  private func work(_ index: Int) throws(UpscaleError) {
    let item = context.items[index]
    guard try context.claims.take(item.output) else {
      queue.leaveToOthers(index)
      return
    }
    defer { context.claims.release(item.output) }
    try context.journal.refresh()
    if var news = context.journal[item.output],
      news.fits(item.source, settings: context.fingerprint)
    {
      if news.failure != nil, context.journal.isRecent(item.output) {
        // The other run may know the input by another path.
        news.input = item.source.path
        context.tell(.finished(news, warnings: []), item.source)
        return
      }
      if let output = news.written, isThere(item.output, output) {
        context.tell(
          .upToDate(input: item.source.path, output: item.output, damage: output.damage),
          item.source)
        return
      }
    }

    let start = monotonicSeconds()
    do throws(Trouble) {
      try make(item, index: index, since: start)
    } catch {
      switch error {
      case .cancelled: return
      case .tooLarge: queue.leaveForLater(index)
      case .input(let error): try fail(item, error, since: start)
      case .picture(let error): try fail(item, error.prefixed(item.source.name), since: start)
      case .output(let error):
        if isFatal(error) { throw error }
        try fail(item, error.prefixed(item.source.name), since: start)
      }
    }
  }

  /// Whether another run has made the output meanwhile. The journal's line may have been written before
  /// the output got its name: the file counts only if it has the modification time of the line.
  private func isThere(_ output: BytePath, _ known: JournalOutput) -> Bool {
    let isRecent = context.journal.isRecent(output)
    guard isRecent || !context.request.isForced,
      let status = context.request.output.appending(output).status(followingLinks: false),
      known.isSize(of: status)
    else { return false }
    return isRecent || status.modificationTime == known.modified
  }

  /// Whether an error concerns the disk and not one file on it, so that the next picture would fail too.
  private func isFatal(_ error: UpscaleError) -> Bool {
    [.inputOutput, .diskFull, .quotaExceeded, .internalFault].contains(error.cause)
      || OutputFolders.complaint(about: context.request.output) != nil
  }

  private func entry(
    _ outcome: JournalEntry.Outcome, _ item: BatchPlan.Item, since start: Double
  ) -> JournalEntry {
    var entry = JournalEntry(
      outcome, input: item.source.path, output: item.output, inputBytes: item.source.size,
      inputTime: item.source.modified, settings: context.fingerprint)
    (entry.width, entry.height) = (item.source.width, item.source.height)
    entry.seconds = monotonicSeconds() - start
    entry.time = WallClock.now()
    entry.run = context.journal.run
    return entry
  }

  private func fail(
    _ item: BatchPlan.Item, _ error: UpscaleError, since start: Double
  ) throws(UpscaleError) {
    let entry = entry(.failed(context.request.wording(error)), item, since: start)
    try context.journal.append(entry.line)
    context.tell(.finished(entry, warnings: []), item.source)
  }

  private func make(
    _ item: BatchPlan.Item, index: Int, since start: Double
  ) throws(Trouble) {
    // A file is not read where there is no room for it.
    guard item.source.size < share else {
      if leavesLargeOnes { throw .tooLarge }
      let (has, may) = byteCountTexts(item.source.size, of: max(0, share))
      throw .picture(
        UpscaleError(
          .memory(.init(.input, needed: item.source.size, available: share)),
          "not enough memory: the file has \(has) and "
            + "\(may) may be used"))
    }
    let bytes = try blaming({ .input($0) }) { () throws(UpscaleError) in
      try SourceFile.read(item.source, limit: context.request.limits.fileBytes)
    }
    guard let digest = context.deduplicator.digest(bytes) else {
      try compute(item, bytes, since: start)
      return
    }
    switch context.deduplicator.verdict(digest, item: index) {
    case .wait: return
    case .copy(let original):
      guard try copy(original, for: item, since: start) else {
        context.deduplicator.forget(digest)
        queue.giveBack([index])
        return
      }
    case .compute:
      var made: JournalEntry?
      defer { queue.giveBack(context.deduplicator.settle(digest, made)) }
      made = try compute(item, bytes, since: start)
    }
  }

  @discardableResult
  private func compute(
    _ item: BatchPlan.Item, _ bytes: [UInt8], since start: Double
  ) throws(Trouble) -> JournalEntry {
    let job = try plan(item, bytes)
    let stream = try open(item.output)
    let pixels = Double(item.source.pixels)
    defer { report(pixels: 0) }
    // The job throws errors of the sink and of the picture alike.
    let sink = Sink(stream)
    do throws(UpscaleError) {
      try context.permits.withPermit { () throws(UpscaleError) in
        try job.run(
          into: { (part) throws(UpscaleError) in try sink.write(part) },
          observer: WorkObserver(
            progress: { self.report(pixels: $0 * pixels) }, isCancelled: { self.isStopping }))
      }
    } catch {
      if error.cause == .cancelled { throw .cancelled }
      throw sink.hasFailed ? .output(error) : .picture(error)
    }
    if isStopping { throw .cancelled }
    var output = JournalOutput()
    (output.width, output.height) = job.plan.outputSize
    output.damage = job.damage?.sentence
    let entry = try publish(stream, output, size: job.inputSize, of: item, since: start)
    context.tell(.finished(entry, warnings: job.losses + job.warnings), item.source)
    return entry
  }

  /// Plans the picture within the worker's memory.
  private func plan(_ item: BatchPlan.Item, _ bytes: [UInt8]) throws(Trouble) -> PictureJob {
    func plan(with memory: Int) throws(UpscaleError) -> PictureJob {
      try PictureJob(
        bytes, limits: context.request.limits,
        spec: context.request.settings.outputSpec(for: item.source),
        upscaler: upscaler, budget: MemoryBudget(share: memory))
    }
    let free = share - bytes.count
    // Kept buffers are reused where they are large enough; otherwise they and the new ones must fit.
    let kept = upscaler.keptBufferBytes
    if kept > 0 {
      let (width, height) = item.source.likelySize
      let isReused =
        upscaler.keepsBuffers(width: width, height: height)
        && upscaler.keepsBuffers(width: height, height: width)
      let reused =
        isReused
        ? min(
          upscaler.bufferBytes(width: width, height: height),
          upscaler.bufferBytes(width: height, height: width)) : 0
      if let job = try? plan(with: free - kept + reused), job.plan.isWhole { return job }
      upscaler.releaseBuffers()
    }
    let job: PictureJob
    do throws(UpscaleError) {
      job = try plan(with: free)
    } catch {
      throw error.cause.isScarcity && leavesLargeOnes ? .tooLarge : .picture(error)
    }
    guard job.plan.isWhole || upscaler.tileSize != nil || !leavesLargeOnes else { throw .tooLarge }
    return job
  }

  private func open(_ output: BytePath) throws(Trouble) -> OutputStream {
    try blaming({ .output($0) }) { () throws(UpscaleError) in
      let path = context.request.output.appending(output)
      try context.folders.prepare(path.folder)
      return try OutputStream(replacing: path, refusingExisting: keepsExisting(output, path))
    }
  }

  /// Whether a file of an output's name is not to be replaced: among inputs, only what a run has written is.
  private func keepsExisting(_ output: BytePath, _ path: BytePath) -> Bool {
    guard context.isMixed, !context.request.keepsExisting else {
      return context.request.keepsExisting
    }
    return path.status(followingLinks: false).map { !context.journal.isOutput(output, $0) } ?? true
  }

  /// Writes the journal's line, and gives the output its name; `size` is the input's, upright.
  private func publish(
    _ stream: OutputStream, _ output: JournalOutput, size: (width: Int, height: Int),
    of item: BatchPlan.Item, since start: Double
  ) throws(Trouble) -> JournalEntry {
    var output = output
    var entry = entry(.done(output), item, since: start)
    (entry.width, entry.height) = size
    try blaming({ .output($0) }) { () throws(UpscaleError) in
      try stream.finish(isLasting: false) { time throws(UpscaleError) in
        (output.bytes, output.modified) = (stream.byteCount, time)
        entry.outcome = .done(output)
        entry.seconds = monotonicSeconds() - start
        try context.journal.append(entry.line)
      }
    }
    context.folders.note(newNameIn: context.request.output.appending(entry.output).folder)
    return entry
  }

  /// Gives a picture the output that the first file of the same bytes has.
  ///
  /// - Returns: False when that output no longer exists.
  private func copy(
    _ original: JournalEntry, for item: BatchPlan.Item, since start: Double
  ) throws(Trouble) -> Bool {
    guard var output = original.written,
      let file = try? FileExamination.open(context.request.output.appending(original.output)),
      output.isSize(of: file.status), file.status.modificationTime == output.modified
    else { return false }
    let stream = try open(item.output)
    let buffer = try blaming({ .picture($0) }) { () throws(UpscaleError) in
      try ByteBuffer(count: 1 << 18, for: "copying")
    }
    while true {
      guard let count = try? file.file.read(into: buffer.bytes) else { return false }
      guard count > 0 else { break }
      try blaming({ .output($0) }) { () throws(UpscaleError) in
        try stream.write(UnsafeRawBufferPointer(rebasing: buffer.bytes[..<count]))
      }
    }
    guard stream.byteCount == output.bytes else { return false }
    output.isCopy = true
    let entry = try publish(
      stream, output, size: (original.width, original.height), of: item, since: start)
    context.tell(.finished(entry, warnings: []), item.source)
    return true
  }

  private func report(pixels: Double) {
    let worker = index
    context.news.note { $0.pixelsUnderWay[worker] = pixels }
  }

  private func blaming<Result>(
    _ trouble: (UpscaleError) -> Trouble, _ work: () throws(UpscaleError) -> Result
  ) throws(Trouble) -> Result {
    do throws(UpscaleError) { return try work() } catch { throw trouble(error) }
  }
}

/// Writes the encoded picture, and records whether it was the disk that failed.
private final class Sink {
  private let stream: OutputStream
  private(set) var hasFailed = false

  init(_ stream: OutputStream) { self.stream = stream }

  func write(_ part: UnsafeRawBufferPointer) throws(UpscaleError) {
    do {
      try stream.write(part)
    } catch {
      hasFailed = true
      throw error
    }
  }
}
