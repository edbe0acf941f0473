import Synchronization
package import Upscale

/// A batch: finds the pictures, plans, computes what is not done yet, and keeps the journal.
///
/// Used from one thread, on which all callbacks run; workers compute on threads of their own.
package final class BatchRun {
  package private(set) var summary = BatchSummary()
  package private(set) var progress = BatchProgress()

  let request: BatchRequest
  private let makeUpscaler: () throws(UpscaleError) -> Upscaler
  private let observe: (BatchEvent) -> Void
  private let tick: (BatchProgress) -> Void
  private let isCancelled: () -> Bool
  private var upscaler: Upscaler?
  /// Whether outputs lie among inputs, so that results of earlier runs are found and must be left out.
  private var isMixed = false
  private var journal: Journal?
  private var claims: Claims?
  private var start = monotonicSeconds()
  private var lastBeat = monotonicSeconds()
  private var lastSync = monotonicSeconds()
  /// Pixels of earlier rounds of a watch.
  private var pixelsBefore = 0.0

  /// Workers in addition to those that compute, so that all cores have work while some wait for the disk.
  private static let workersBeside = 2
  /// Bytes that a worker takes beside what its plan says: its stack, the allocator's own.
  private static let workerMargin = 3 << 20
  /// Seconds between syncs of the folders: a power failure can undo the outputs of that time.
  private static let syncPause = 5.0
  /// Seconds in which workers have to stop before the run ends without them.
  private static let grace = 0.6

  /// - Parameters:
  ///   - request: what is asked for.
  ///   - makeUpscaler: called once, when the first picture is to be computed.
  ///   - observe: called for each event.
  ///   - tick: called with the progress several times a second.
  ///   - isCancelled: asked as often.
  package init(
    _ request: BatchRequest, makeUpscaler: @escaping () throws(UpscaleError) -> Upscaler,
    observe: @escaping (BatchEvent) -> Void, tick: @escaping (BatchProgress) -> Void,
    isCancelled: @escaping () -> Bool
  ) {
    self.request = request
    self.makeUpscaler = makeUpscaler
    self.observe = observe
    self.tick = tick
    self.isCancelled = isCancelled
  }

  /// What a run would do: inputs with their outputs, and what would be skipped.
  ///
  /// - Throws: as `run`, before the work.
  package func plan() throws(UpscaleError) -> BatchPlan {
    let plan = try plan(find())
    if let complaint = OutputFolders.complaint(aboutMaking: request.output) { throw complaint }
    journal = try existingJournal()
    if isMixed { try journal?.rememberOutputs() }
    guard journal != nil || isMixed else { return plan }
    return try plan.filtered { (item) throws(UpscaleError) in try !settle(item) }
  }

  /// Does everything that is not done yet.
  ///
  /// - Throws: errors that prevent all work, or end it: `.usage` for collisions,
  ///   `.cannotCreate`, `.permission` and `.inputOutput` of the outputs, `.noInput`, `.badModel`.
  package func run() throws(UpscaleError) {
    // Collisions are refused before anything is made.
    let plan = try plan(find())
    try openOutput()
    defer { claims?.close() }
    try compute(plan)
  }

  /// Does everything that is not done yet, then what is added to the folders, until it is cancelled.
  ///
  /// - Throws: as `run`.
  package func watch() throws(UpscaleError) {
    try openOutput()
    defer { claims?.close() }
    var watch = Watch()
    while !isCancelled() {
      let began = monotonicSeconds()
      let findings = try find()
      let news = watch.news(in: findings, now: began, date: Double(WallClock.now()))
      if !news.pictures.isEmpty || !news.failed.isEmpty || !news.skipped.isEmpty {
        try take(news, of: findings)
      }
      // Large folders are searched less often.
      wait(seconds: max(Watch.pause, 20 * (monotonicSeconds() - began)))
    }
  }

  /// Plans with all findings, so that no new picture gets the output of an old one, and does the new ones.
  private func take(_ news: Findings, of findings: Findings) throws(UpscaleError) {
    let isNew = Set(news.pictures.map(\.path))
    var all = news
    all.pictures =
      findings.pictures.filter { !isNew.contains($0.path) } + news.pictures
    let known = summary.failures.count
    let plan = try plan(all, isStrict: false)
    for (source, error) in plan.refused where isNew.contains(source.path) {
      fail(source.path, error)
    }
    for (input, failure) in summary.failures[known...] {
      try journal?.append(entry(input, failure).line)
    }
    try compute(plan.filtered { isNew.contains($0.source.path) })
  }

  private func plan(
    _ findings: Findings, isStrict: Bool = true
  ) throws(UpscaleError) -> BatchPlan {
    for (path, reason) in findings.skipped { skip(path, reason) }
    for (path, error) in findings.failed where request.shard?.contains(path) ?? true {
      fail(path, error)
    }
    let plan = try BatchPlan(
      findings.pictures, root: request.output, settings: request.settings,
      template: request.template, isFlat: request.isFlat, isMixed: isMixed, isStrict: isStrict)
    for (path, reason) in plan.skipped { skip(path, reason) }
    guard let shard = request.shard else { return plan }
    return plan.filtered { shard.contains($0.output) }
  }

  private func openOutput() throws(UpscaleError) {
    Machine.returnLargeBlocks()
    if let complaint = OutputFolders.complaint(aboutMaking: request.output) { throw complaint }
    try OutputFolders.make(request.output)
    let journal = try Journal(in: request.output, run: Self.newName())
    if journal.damagedLines > 0 {
      observe(
        .note(
          "\(journal.damagedLines) damaged lines of the journal '\(journal.path.text)' are ignored")
      )
    }
    if isMixed { try journal.rememberOutputs() }
    self.journal = journal
    claims = try Claims(in: request.output, journal: journal)
    var line = request.settings.line
    line.add("settings", request.settings.fingerprint)
    line.add("run", journal.run)
    line.add("time", WallClock.now())
    try journal.append(line)
    for (input, failure) in summary.failures { try journal.append(entry(input, failure).line) }
  }

  /// The journal's entry of a picture that was refused before any work.
  private func entry(_ input: BytePath, _ failure: BatchFailure) -> JournalEntry {
    var entry = JournalEntry(
      .failed(failure), input: input, settings: request.settings.fingerprint)
    (entry.time, entry.run) = (WallClock.now(), journal?.run ?? "")
    return entry
  }

  private static func newName() -> String {
    String(UInt64.random(in: 0...UInt64.max), radix: 36)
  }

  // MARK: What is done already

  /// Whether nothing is to be done for a picture; says so.
  private func settle(_ item: BatchPlan.Item) throws(UpscaleError) -> Bool {
    guard !request.isForced || isMixed else { return false }
    let status = request.output.appending(item.output).status(followingLinks: false)
    guard let status else { return false }
    if isMixed, journal?.isOutput(item.output, status) != true {
      skip(item.source.path, .nameTaken)
      return true
    }
    guard !request.isForced else { return false }
    if let entry = journal?[item.output], let known = entry.written, known.isSize(of: status),
      entry.fits(item.source, settings: request.settings.fingerprint)
    {
      let isInDoubt = claims?.isInDoubt(item.output) ?? false
      if !isInDoubt || known.modified == status.modificationTime {
        if isInDoubt { try claims?.dismiss(item.output) }
        summary.upToDate += 1
        summary.note(damage: known.damage, of: item.source.path)
        observe(
          .upToDate(input: item.source.path, output: item.output, damage: known.damage))
        return true
      }
    }
    guard request.keepsExisting else { return false }
    skip(item.source.path, .outputExists)
    return true
  }

  private func existingJournal() throws(UpscaleError) -> Journal? {
    guard request.output.appending(Journal.fileName).status() != nil else { return nil }
    return try Journal(in: request.output, run: Self.newName(), isReadOnly: true)
  }

  /// Looks for the pictures, and leaves out what earlier runs have written.
  private func find() throws(UpscaleError) -> Findings {
    var findings = try request.find()
    isMixed = isMixed || request.mixes(findings)
    guard isMixed else { return findings }
    // The journal is read after the folders: an output's line is written before it gets its name.
    var known = journal
    if known == nil { known = try existingJournal() }
    guard let known else { return findings }
    try known.rememberOutputs()
    try known.refresh()
    let outputs = Set(
      known.outputs.compactMap { request.output.appending($0).status()?.identity })
    let isWatching = journal != nil
    findings.pictures.removeAll { picture in
      guard outputs.contains(picture.identity) else { return false }
      // A watch finds its own outputs.
      if !isWatching { findings.skipped.append((picture.path, .isOutput)) }
      return true
    }
    return findings
  }

  private func skip(_ input: BytePath, _ reason: SkipReason) {
    tell(JournalEntry(.skipped(reason), input: input))
  }

  private func fail(_ input: BytePath, _ error: UpscaleError) {
    tell(entry(input, request.wording(error)))
  }

  private func tell(_ entry: JournalEntry) {
    summary.note(entry)
    observe(.finished(entry, warnings: []))
  }

  // MARK: The work

  private func compute(_ plan: BatchPlan) throws(UpscaleError) {
    guard let journal, let claims else { return }
    let plan = try plan.filtered { (item) throws(UpscaleError) in try !settle(item) }
    if progress.files == 0 { start = monotonicSeconds() }
    progress.files += plan.items.count
    progress.pixels += plan.items.reduce(0) { $0 + $1.source.pixels }
    observe(.started(progress))
    guard !plan.items.isEmpty else { return }
    pixelsBefore = progress.pixelsBehind
    defer { summary.seconds = monotonicSeconds() - start }
    let upscaler = try readyUpscaler()
    let context = BatchContext(
      request, items: plan.items, journal: journal, claims: claims, isMixed: isMixed)

    let scheduler = BatchScheduler(
      plan.items, settings: request.settings, upscaler: upscaler, threads: request.threads)
    var left = scheduler.order
    while !left.isEmpty, !isCancelled() {
      left = try phases(scheduler.phases(of: left), context, upscaler)
      // Outputs that another run computes are waited for, or computed here if that run dies.
      if !left.isEmpty { wait(seconds: 0.5) }
    }
  }

  private func readyUpscaler() throws(UpscaleError) -> Upscaler {
    if let upscaler { return upscaler }
    let made = try makeUpscaler()
    upscaler = made
    return made
  }

  /// Small pictures on many workers, then large ones one at a time on all threads.
  ///
  /// - Returns: what other runs are computing.
  private func phases(
    _ phases: (small: [Int], large: [Int]), _ context: BatchContext, _ upscaler: Upscaler
  ) throws(UpscaleError) -> [Int] {
    let small = phases.small
    var (elsewhere, later) = ([Int](), phases.large)
    if !small.isEmpty {
      let count = min(small.count, request.threads + Self.workersBeside)
      let side = small.reduce(1) { side, index in
        let size = context.items[index].source.likelySize
        return max(side, size.width, size.height)
      }
      var free = free
      free -= upscaler.keepWeights(width: side, height: side, within: free / 4)
      let share = free / count - Self.workerMargin
      let queue = WorkQueue(small)
      try run(context, queue, workers: count) { index in
        let worker = BatchWorker(
          context, queue: queue, upscaler: Upscaler(sharing: upscaler, threads: 1), index: index,
          share: share, leavesLargeOnes: true)
        worker.prepare(side: side)
        return worker
      }
      elsewhere += queue.elsewhere
      later += queue.tooLarge
    }
    if !later.isEmpty, !context.isStopping.load(ordering: .relaxed) {
      let queue = WorkQueue(later)
      let share = free - Self.workerMargin
      try run(context, queue, workers: 1) { index in
        BatchWorker(
          context, queue: queue, upscaler: upscaler, index: index, share: share,
          leavesLargeOnes: false)
      }
      upscaler.releaseBuffers()
      elsewhere += queue.elsewhere
    }
    return elsewhere
  }

  /// Bytes that all workers together may take.
  private var free: Int {
    Machine.releaseFreeMemory()
    return request.budget.free
  }

  /// Runs workers until the queue is empty, the run is to stop, or it cannot go on.
  private func run(
    _ context: BatchContext, _ queue: WorkQueue, workers: Int,
    _ makeWorker: @escaping @Sendable (Int) -> BatchWorker
  ) throws(UpscaleError) {
    context.news.update {
      $0.pixelsUnderWay = Array(repeating: 0, count: workers)
      $0.busyWorkers = workers
    }
    let threads = try Workers(count: workers) { index in
      makeWorker(index).run()
      context.news.update { $0.busyWorkers -= 1 }
    }
    let missing = workers - threads.count
    if missing > 0 { context.news.update { $0.busyWorkers -= missing } }

    var end: Double?
    while true {
      let news = takeNews(context)
      for event in news.events { take(event, context) }
      tell(news)
      if news.busyWorkers == 0, news.events.isEmpty { break }
      beat()
      if monotonicSeconds() - lastSync > Self.syncPause {
        lastSync = monotonicSeconds()
        context.syncNames()
      }
      if isCancelled(), end == nil {
        context.isStopping.store(true, ordering: .relaxed)
        end = monotonicSeconds() + Self.grace
      }
      // The process is about to end: an output that a worker has not finished leaves no file.
      if let end, monotonicSeconds() > end { return }
    }
    threads.join()
    context.syncNames()
    if let halt = context.news.read(\.halt) { throw halt }
  }

  private func takeNews(_ context: BatchContext) -> BatchContext.News {
    func taken(_ news: inout BatchContext.News) -> BatchContext.News {
      defer { news.events = [] }
      return news
    }
    return context.news.wait(upTo: 0.1) { news in
      news.events.isEmpty && news.busyWorkers > 0 ? nil : taken(&news)
    } ?? context.news.update { taken(&$0) }
  }

  private func take(_ event: BatchEvent, _ context: BatchContext) {
    switch event {
    case .finished(let entry, let warnings):
      if entry.failure == nil { progress.done += 1 } else { progress.failed += 1 }
      summary.note(entry, hasWarnings: !warnings.isEmpty)
    case .upToDate(let input, _, let damage):
      progress.elsewhere += 1
      summary.elsewhere += 1
      summary.note(damage: damage, of: input)
    case .started, .note: break
    }
    observe(event)
  }

  private func tell(_ news: BatchContext.News) {
    progress.seconds = monotonicSeconds() - start
    progress.pixelsBehind = pixelsBefore + news.pixelsBehind + news.pixelsUnderWay.reduce(0, +)
    tick(progress)
  }

  private func beat() {
    guard monotonicSeconds() - lastBeat > Claims.pulse else { return }
    lastBeat = monotonicSeconds()
    claims?.beat()
  }

  private func wait(seconds: Double) {
    let end = monotonicSeconds() + seconds
    while !isCancelled(), monotonicSeconds() < end { pause(seconds: 0.05) }
    beat()
  }
}
