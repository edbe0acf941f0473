import Glibc
import Synchronization
import Upscale

/// What all lanes of a run share.
final class Workshop: Sendable {
  let request: BatchRequest
  let items: [BatchPlan.Item]
  let journal: Journal
  let claims: Claims
  let folders = OutputFolders()
  let twins: Twins
  let fingerprint: String
  /// One for each thread that may compute at a time.
  let permits: Shared<Int>
  let isStopping = Atomic<Bool>(false)
  let news = Shared(News())

  /// What lanes have to say to the main thread.
  struct News {
    var events: [BatchEvent] = []
    /// Input pixels of what is done or failed, and of what is being computed, a number a lane.
    var pixelsBehind = 0.0
    var pixelsUnderWay: [Double] = []
    var busyLanes = 0
    /// Why the run cannot go on.
    var halt: UpscaleError?
  }

  init(
    _ request: BatchRequest, items: [BatchPlan.Item], journal: Journal, claims: Claims
  ) {
    self.request = request
    self.items = items
    self.journal = journal
    self.claims = claims
    twins = Twins(items)
    fingerprint = request.settings.fingerprint
    permits = Shared(request.threads)
  }

  /// Says that a picture is behind, and how.
  func tell(_ event: BatchEvent, _ source: SourcePicture) {
    news.update {
      $0.events.append(event)
      $0.pixelsBehind += Double(source.pixels)
    }
  }

  /// Puts new names on the disk; a broken one ends the run.
  func syncNames() {
    do throws(UpscaleError) { try folders.syncNames() } catch { halt(error) }
  }

  func halt(_ error: UpscaleError) {
    isStopping.store(true, ordering: .relaxed)
    news.update { $0.halt = $0.halt ?? error }
  }
}

/// One picture at a time, from claim to claim's release.
///
/// Belongs to one thread.
final class Lane {
  private let shop: Workshop
  private let queue: WorkQueue
  private let upscaler: Upscaler
  private let index: Int
  /// Bytes that this lane may take.
  private let share: Int
  /// Whether a picture that does not fit as a whole gets another chance with all the memory.
  private let leavesLargeOnes: Bool

  /// Whose fault it is.
  private enum Trouble: Error {
    case picture(UpscaleError)
    case output(UpscaleError)
    case tooLarge
    case cancelled
  }

  init(
    _ shop: Workshop, queue: WorkQueue, upscaler: Upscaler, index: Int, share: Int,
    leavesLargeOnes: Bool
  ) {
    self.shop = shop
    self.queue = queue
    self.upscaler = upscaler
    self.index = index
    self.share = share
    self.leavesLargeOnes = leavesLargeOnes
  }

  private var isStopping: Bool { shop.isStopping.load(ordering: .relaxed) }

  /// Makes buffers that are large enough for all pictures to come, if they take no more than half of
  /// the lane's memory.
  ///
  /// - Parameter side: of those pictures.
  func prepare(side: Int) {
    guard upscaler.bufferBytes(width: side, height: side) <= share / 2 else { return }
    // Without it, each picture gets its own.
    try? upscaler.prepareBuffers(width: side, height: side)
  }

  /// Works until nothing is left.
  func run() {
    while !isStopping, let item = queue.next() {
      do throws(UpscaleError) {
        try work(item)
      } catch {
        // What goes wrong outside of a picture goes wrong for all.
        shop.halt(error)
      }
    }
  }

  /// - Throws: what ends the run.
  private func work(_ index: Int) throws(UpscaleError) {
    let item = shop.items[index]
    guard try shop.claims.take(item.output) else {
      queue.leaveToOthers(index)
      return
    }
    defer { shop.claims.release(item.output) }
    try shop.journal.refresh()
    if let news = shop.journal[item.output],
      news.fits(item.source, settings: shop.fingerprint)
    {
      if news.status == .failed, news.isRecent {
        let kind = UpscaleError.Kind(rawValue: Int32(news.code)) ?? .unusablePicture
        shop.tell(
          .failed(input: item.source.path, error: UpscaleError(kind, news.reason)), item.source)
        return
      }
      if news.status == .done, isThere(item.output, news) {
        shop.tell(
          .upToDate(input: item.source.path, output: item.output, damage: news.damage),
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
      case .picture(let error): try fail(item, error, since: start)
      case .output(let error):
        if isFatal(error) { throw error }
        try fail(item, error, since: start)
      }
    }
  }

  /// Whether another run has made the output meanwhile. What the journal said at the start may speak
  /// of a moment before the output got its name: then it is that very file, or not done.
  private func isThere(_ output: BytePath, _ known: Journal.Known) -> Bool {
    guard known.isRecent || !shop.request.isForced,
      let status = shop.request.output.appending(output).status(followingLinks: false),
      known.isSize(of: status)
    else { return false }
    return known.isRecent || status.modificationTime == known.outputTime
  }

  /// Whether the trouble is that of the disk and not of one name on it: the next picture would meet
  /// it, too.
  private func isFatal(_ error: UpscaleError) -> Bool {
    error.kind == .inputOutput || error.kind == .internalFault
      || OutputFolders.complaint(about: shop.request.output) != nil
  }

  private func entry(
    _ status: JournalEntry.Status, _ item: BatchPlan.Item, since start: Double
  ) -> JournalEntry {
    var entry = JournalEntry(
      status, input: item.source.path, output: item.output, inputBytes: item.source.size,
      inputTime: item.source.modified, settings: shop.fingerprint)
    (entry.width, entry.height) = (item.source.width, item.source.height)
    entry.seconds = monotonicSeconds() - start
    entry.time = time(nil)
    entry.run = shop.journal.run
    return entry
  }

  private func fail(
    _ item: BatchPlan.Item, _ error: UpscaleError, since start: Double
  ) throws(UpscaleError) {
    let name = "'\(item.source.path.text)'"
    let error = error.message.contains(name) ? error : error.prefixed(name)
    var entry = entry(.failed, item, since: start)
    (entry.code, entry.reason) = (Int(error.exitCode), error.message)
    try shop.journal.append(entry.line)
    shop.tell(.failed(input: item.source.path, error: error), item.source)
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
          .tryLater,
          "not enough memory: the file has \(has) and "
            + "\(may) may be used; raise --max-memory"))
    }
    let bytes = try blaming({ .picture($0) }) { () throws(UpscaleError) in
      try SourceFile.read(item.source, limit: shop.request.limits.fileBytes)
    }
    guard let digest = shop.twins.digest(bytes) else {
      try compute(item, bytes, since: start)
      return
    }
    switch shop.twins.verdict(digest, item: index) {
    case .wait: return
    case .copy(let twin):
      guard try copy(twin, for: item, since: start) else {
        shop.twins.forget(digest)
        queue.giveBack([index])
        return
      }
    case .compute:
      var made: JournalEntry?
      defer { queue.giveBack(shop.twins.settle(digest, made)) }
      made = try compute(item, bytes, since: start)
    }
  }

  @discardableResult
  private func compute(
    _ item: BatchPlan.Item, _ bytes: [UInt8], since start: Double
  ) throws(Trouble) -> JournalEntry {
    let path = shop.request.output.appending(item.output)
    let job = try plan(item, bytes)
    let stream = try open(path)
    let pixels = Double(item.source.pixels)
    defer { report(pixels: 0) }
    // The sink's errors come out of the job like the picture's own.
    let sink = Sink(stream)
    do throws(UpscaleError) {
      try shop.permits.withPermit { () throws(UpscaleError) in
        try job.run(
          into: { (part) throws(UpscaleError) in try sink.write(part) },
          progress: { report(pixels: $0 * pixels) },
          isCancelled: { isStopping })
      }
    } catch {
      if error.kind == .cancelled { throw .cancelled }
      throw sink.hasFailed ? .output(error) : .picture(error)
    }
    if isStopping { throw .cancelled }
    var entry = entry(.done, item, since: start)
    (entry.width, entry.height) = job.inputSize
    (entry.outputWidth, entry.outputHeight) = job.plan.outputSize
    entry.damage = job.damage?.sentence
    entry = try publish(stream, entry, since: start)
    shop.tell(.done(entry, warnings: job.losses + job.warnings), item.source)
    return entry
  }

  /// Plans the picture within the lane's memory.
  private func plan(_ item: BatchPlan.Item, _ bytes: [UInt8]) throws(Trouble) -> PictureJob {
    func plan(with memory: Int) throws(UpscaleError) -> PictureJob {
      try PictureJob(
        bytes, limits: shop.request.limits,
        spec: shop.request.settings.outputSpec(for: item.source),
        upscaler: upscaler, budget: MemoryBudget(share: memory))
    }
    let free = share - bytes.count
    // The buffers that are kept are used again where they are large enough; both must fit otherwise.
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
      throw error.kind == .tryLater && leavesLargeOnes ? .tooLarge : .picture(error)
    }
    guard job.plan.isWhole || upscaler.tileSize != nil || !leavesLargeOnes else { throw .tooLarge }
    return job
  }

  private func open(_ path: BytePath) throws(Trouble) -> OutputStream {
    try blaming({ .output($0) }) { () throws(UpscaleError) in
      try shop.folders.prepare(path.folder)
      return try OutputStream(
        replacing: path, refusingExisting: shop.request.keepsExisting)
    }
  }

  /// Writes the journal's line, and gives the output its name.
  private func publish(
    _ stream: OutputStream, _ entry: JournalEntry, since start: Double
  ) throws(Trouble) -> JournalEntry {
    var entry = entry
    try blaming({ .output($0) }) { () throws(UpscaleError) in
      try stream.finish(isLasting: false) { time throws(UpscaleError) in
        entry.outputBytes = stream.byteCount
        entry.outputTime = time
        entry.seconds = monotonicSeconds() - start
        try shop.journal.append(entry.line)
      }
    }
    shop.folders.note(newNameIn: shop.request.output.appending(entry.output).folder)
    return entry
  }

  /// Gives a picture the output of its twin.
  ///
  /// - Returns: False when that is not there any more.
  private func copy(
    _ twin: JournalEntry, for item: BatchPlan.Item, since start: Double
  ) throws(Trouble) -> Bool {
    let source = shop.request.output.appending(twin.output)
    guard let file = try? FileExamination.open(source) else { return false }
    defer { close(file.descriptor) }
    guard Int(file.status.st_size) == twin.outputBytes,
      file.status.modificationTime == twin.outputTime
    else { return false }
    let stream = try open(shop.request.output.appending(item.output))
    let buffer = try blaming({ .picture($0) }) { () throws(UpscaleError) in
      try ByteBuffer(count: 1 << 18, for: "copying")
    }
    while true {
      let count = try? systemCall(retrying: true) {
        read(file.descriptor, buffer.bytes.baseAddress, buffer.bytes.count)
      }
      guard let count else { return false }
      guard count > 0 else { break }
      try blaming({ .output($0) }) { () throws(UpscaleError) in
        try stream.write(UnsafeRawBufferPointer(rebasing: buffer.bytes[..<count]))
      }
    }
    guard stream.byteCount == twin.outputBytes else { return false }
    var entry = entry(.done, item, since: start)
    (entry.width, entry.height) = (twin.width, twin.height)
    (entry.outputWidth, entry.outputHeight) = (twin.outputWidth, twin.outputHeight)
    (entry.isCopy, entry.damage) = (true, twin.damage)
    entry = try publish(stream, entry, since: start)
    shop.tell(.done(entry, warnings: []), item.source)
    return true
  }

  private func report(pixels: Double) {
    let lane = index
    shop.news.note { $0.pixelsUnderWay[lane] = pixels }
  }

  private func blaming<Result>(
    _ trouble: (UpscaleError) -> Trouble, _ work: () throws(UpscaleError) -> Result
  ) throws(Trouble) -> Result {
    do throws(UpscaleError) { return try work() } catch { throw trouble(error) }
  }
}

/// Takes the encoded picture, and remembers whether it was the disk that failed.
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
