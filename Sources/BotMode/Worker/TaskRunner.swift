package import Upscale

/// Does the tasks of a worker: enlarges pictures, and makes results small enough to send.
final class TaskRunner {
  private let settings: WorkerSettings
  private let models: WorkerModels
  private let examiner: PictureExaminer
  private let memory: Int

  /// - Parameters:
  ///   - settings: the limits.
  ///   - models: to enlarge with.
  ///   - examiner: refuses pictures.
  ///   - memory: bytes that the process may hold.
  init(_ settings: WorkerSettings, models: WorkerModels, examiner: PictureExaminer, memory: Int) {
    self.settings = settings
    self.models = models
    self.examiner = examiner
    self.memory = memory
  }

  /// The memory for a task: some is left for an examination at the same time, which reads a file.
  func budget() -> MemoryBudget {
    MemoryBudget(bytes: memory - min(settings.limits.fileBytes + (4 << 20), memory / 8))
  }

  /// Frees the buffers of the last task.
  func tidy() { models.releaseBuffers() }

  /// Does a task.
  ///
  /// - Parameters:
  ///   - task: what to do.
  ///   - tell: called with the progress.
  ///   - isCancelled: asked often.
  /// - Returns: the result, and the seconds that the network took for a million pixels, if that was
  ///   measured.
  /// - Throws: why there is no result.
  func run(
    _ task: WorkerTask, tell: (WorkerEvent) -> Void, isCancelled: () -> Bool
  ) throws(WorkerRefusal) -> (WorkerResult, pace: Double?) {
    let start = monotonicSeconds()
    switch task {
    case .transcode(let task):
      let result = try fit(
        Rendering(task, bytes: Self.byteCount(task.input)), start: start, tell: tell,
        isCancelled: isCancelled)
      return (result, nil)
    case .upscale(let task):
      let (rendering, pace) = try render(task, tell: tell, isCancelled: isCancelled)
      let result = try fit(rendering, start: start, tell: tell, isCancelled: isCancelled)
      return (result, pace)
    }
  }

  private static func byteCount(_ path: String) -> Int {
    BytePath(path).status().map(\.size) ?? 0
  }

  // MARK: Enlarging

  /// An enlarged picture on the disk, and the wishes for the result.
  private struct Rendering {
    let path: String
    let bytes: Int
    let scale: Double
    /// The path of the result, without its ending.
    let output: String
    let format: PictureFormat
    let quality: Int?
    let byteLimit: Int
    var warnings: [String] = []
    var damage: PictureDamage?
    /// Losses that the file at `path` has already.
    var losses: [String] = []

    init(_ task: TranscodeTask, bytes: Int) {
      path = task.input
      self.bytes = bytes
      scale = task.scale
      output = task.output
      format = task.format
      quality = task.quality
      byteLimit = task.byteLimit
    }

    init(
      _ task: UpscaleTask, path: String, bytes: Int, scale: Double, job: PictureJob
    ) {
      self.path = path
      self.bytes = bytes
      self.scale = scale
      output = task.output
      format = task.format
      quality = task.quality
      byteLimit = task.byteLimit
      warnings = job.warnings
      damage = job.damage
      losses = job.losses
    }
  }

  private func render(
    _ task: UpscaleTask, tell: (WorkerEvent) -> Void, isCancelled: () -> Bool
  ) throws(WorkerRefusal) -> (Rendering, pace: Double?) {
    let bytes = try examiner.read(task.input)
    let picture = try examiner.examine(bytes)
    if let scale = task.scale, !(scale > 0 && scale <= 64) {
      throw WorkerRefusal(reason: .fault, message: "the scale is \(scale)")
    }
    let upscaler = try refusing { () throws(UpscaleError) in
      try models.upscaler(task.model, keeping: budget())
    }
    let size = upscaler.outputSize(width: picture.width, height: picture.height, scale: task.scale)
    let limit = settings.limits.resultPixels
    guard size.width * size.height <= limit else {
      throw WorkerRefusal(
        reason: .tooManyResultPixels(width: size.width, height: size.height, limit: limit),
        message: "the result would have \(size.width) x \(size.height) pixels")
    }
    let (rendering, seconds) = try refusing { () throws(UpscaleError) in
      try draw(bytes, task, size: size, tell: tell, isCancelled: isCancelled)
    }
    tell(
      .rendered(
        RenderedPicture(
          path: rendering.path, width: size.width, height: size.height, scale: rendering.scale,
          damage: rendering.damage)))
    let model = WorkerModel(name: task.model, scale: upscaler.scale, pace: nil)
    let pixels = Double(picture.width * picture.height) / 1e6 * model.passes(to: task.scale)
    // In less time than this, the network's share is too small to be measured.
    return (rendering, pace: seconds >= 1 ? seconds / pixels : nil)
  }

  private func draw(
    _ bytes: [UInt8], _ task: UpscaleTask, size: (width: Int, height: Int),
    tell: (WorkerEvent) -> Void, isCancelled: () -> Bool
  ) throws(UpscaleError) -> (Rendering, seconds: Double) {
    let (job, spec) = try makeJob(bytes, task, size: size)
    let path = "\(task.output).\(spec.format.fileEnding)"
    let stream = try OutputStream(path: path)
    let start = monotonicSeconds()
    try withoutActuallyEscaping(tell) { tell throws(UpscaleError) in
      let teller = ProgressTeller(isFitting: false, tell: tell)
      try job.run(
        into: { (part) throws(UpscaleError) in try stream.write(part) },
        progress: { teller.note($0) }, isCancelled: isCancelled)
    }
    try stream.finish()
    let rendering = Rendering(
      task, path: path, bytes: stream.byteCount,
      scale: task.scale ?? Double(job.plan.outputSize.width) / Double(job.inputSize.width),
      job: job)
    return (rendering, monotonicSeconds() - start)
  }

  /// The job of enlarging, and the format of its file: a PNG, from which others can be made without further
  /// loss, unless the wanted format surely fits.
  private func makeJob(
    _ bytes: [UInt8], _ task: UpscaleTask, size: (width: Int, height: Int)
  ) throws(UpscaleError) -> (PictureJob, OutputSpec) {
    func make() throws(UpscaleError) -> (PictureJob, OutputSpec) {
      let budget = budget()
      let upscaler = try models.upscaler(task.model, keeping: budget)
      var spec = OutputSpec(
        format: .png, scale: task.scale, depth: task.format == .png ? nil : .eight)
      if writesAtOnce(task, size: size, free: budget.free) {
        spec.format = task.format
        spec.encoding = EncodingOptions(quality: task.quality)
      }
      let job = try PictureJob(
        bytes, limits: examiner.pictureLimits, spec: spec, upscaler: upscaler, budget: budget)
      return (job, spec)
    }
    do throws(UpscaleError) {
      return try make()
    } catch {
      // Memory may be short because of what the model keeps for speed; it is freed for a second attempt.
      guard error.cause.isScarcity else { throw error }
      models.release()
      return try make()
    }
  }

  /// Whether the result can be written in the wanted format at once.
  private func writesAtOnce(
    _ task: UpscaleTask, size: (width: Int, height: Int), free: Int
  ) -> Bool {
    guard task.format != .png else { return true }
    // Apart from noise of quality 100, no lossy file has as many bytes a pixel.
    guard size.width * size.height * 3 <= task.byteLimit,
      max(size.width, size.height) <= task.format.maximumSide
    else { return false }
    let rows = RowFormat(width: size.width, height: size.height, layout: .rgba, depth: .eight)
    let needed = PictureWriter.memory(
      rows, format: task.format, options: EncodingOptions(quality: task.quality),
      optimisesJPEG: false)
    return needed <= free / 4
  }

  // MARK: Fitting

  private func fit(
    _ rendering: Rendering, start: Double, tell: (WorkerEvent) -> Void, isCancelled: () -> Bool
  ) throws(WorkerRefusal) -> WorkerResult {
    // The network's buffers are no longer needed, and writing a WebP takes much memory.
    tidy()
    var limits = PictureLimits()
    limits.pixels = settings.limits.resultPixels
    limits.side = 1 << 24
    let transcoder = try refusing { () throws(UpscaleError) in
      try PictureTranscoder(
        path: rendering.path, limits: limits, memory: budget().free)
    }
    let source = transcoder.source
    let renderedFormat = PictureFormat(fileName: rendering.path) ?? .png
    func result(
      _ path: String, _ attempt: FittingLadder.Attempt, bytes: Int, steps: [FittingStep],
      losses: [String]
    ) -> WorkerResult {
      WorkerResult(
        path: path, format: attempt.format, width: attempt.width, height: attempt.height,
        bytes: bytes, scale: rendering.scale * Double(attempt.width) / Double(source.width),
        steps: steps, warnings: rendering.warnings, damage: rendering.damage, losses: losses,
        seconds: monotonicSeconds() - start)
    }
    let whole = FittingLadder.Attempt(
      format: renderedFormat, quality: rendering.quality, width: source.width,
      height: source.height)
    if renderedFormat == rendering.format, rendering.bytes <= rendering.byteLimit {
      return result(
        rendering.path, whole, bytes: rendering.bytes, steps: [], losses: rendering.losses)
    }

    var ladder = FittingLadder(
      width: source.width, height: source.height, preferred: rendering.format,
      quality: rendering.quality, byteLimit: rendering.byteLimit, webPPixels: webPPixels(source),
      isOpaque: transcoder.isOpaque, rendered: (renderedFormat, rendering.bytes))
    var steps: [FittingStep] = []
    if renderedFormat == rendering.format {
      steps.append(FittingStep(whole, bytes: rendering.bytes, limit: rendering.byteLimit))
    }
    while true {
      switch ladder.next() {
      case .lookForTransparency:
        ladder.isOpaque = try refusing { () throws(UpscaleError) in
          try transcoder.lookForTransparency(isCancelled: isCancelled)
        }
      case .giveUp:
        throw WorkerRefusal(
          reason: .resultTooLarge(limit: rendering.byteLimit),
          message: "nothing of \(rendering.byteLimit) bytes can be made of the result")
      case .attempt(let attempt):
        let path = "\(rendering.output)-fitted.\(attempt.format.fileEnding)"
        do throws(UpscaleError) {
          let bytes = try write(
            attempt, of: transcoder, to: path, limit: rendering.byteLimit, tell: tell,
            isCancelled: isCancelled)
          steps.append(FittingStep(attempt, bytes: bytes, limit: rendering.byteLimit))
          if bytes <= rendering.byteLimit {
            let isWanted = attempt.format == rendering.format && steps.count == 1
            return result(
              path, attempt, bytes: bytes, steps: isWanted ? [] : steps,
              losses: try transcoder.losses(as: attempt.format))
          }
          ladder.note(attempt, bytes: bytes)
        } catch {
          guard error.cause.isScarcity, attempt.format == .webp else {
            throw WorkerRefusal(error)
          }
          ladder.webPPixels = attempt.width * attempt.height - 1
        }
        if let isOpaque = transcoder.isOpaque { ladder.isOpaque = isOpaque }
      }
    }
  }

  /// The most pixels that a WebP may have, since all of them are gathered in memory.
  private func webPPixels(_ source: RowFormat) -> Int {
    let perPixel = 40
    return max(0, budget().free - (32 << 20) - 16 * source.rowByteCount) / perPixel
  }

  /// Writes an attempt; a file that gets too large is not finished and removed.
  ///
  /// - Returns: bytes of the file, or an estimate of them.
  private func write(
    _ attempt: FittingLadder.Attempt, of transcoder: PictureTranscoder, to path: String, limit: Int,
    tell: (WorkerEvent) -> Void, isCancelled: () -> Bool
  ) throws(UpscaleError) -> Int {
    let form = PictureTranscoder.Form(
      format: attempt.format, encoding: EncodingOptions(quality: attempt.quality),
      width: attempt.width, height: attempt.height)
    let stream = try OutputStream(path: path)
    let count = Count()
    do throws(UpscaleError) {
      try withoutActuallyEscaping(tell) { tell throws(UpscaleError) in
        let teller = ProgressTeller(isFitting: true, tell: tell)
        try transcoder.write(as: form, memory: budget().free) { part throws(UpscaleError) in
          count.bytes += part.count
          if count.bytes <= limit {
            try stream.write(part)
          } else if count.share > 0.05, count.share < 1 {
            // It is too large already, and enough is written to estimate its size.
            throw UpscaleError(.cannotCreate, "the file is too large")
          }
        } progress: {
          count.share = $0
          teller.note($0)
        } isCancelled: {
          isCancelled()
        }
      }
    } catch {
      guard count.bytes > limit, error.cause == .cannotCreate else { throw error }
      return max(count.bytes, Int(Double(count.bytes) / max(0.05, count.share)))
    }
    if count.bytes <= limit { try stream.finish() }
    return count.bytes
  }

  /// The progress of an attempt.
  private final class Count {
    var bytes = 0
    /// Of the rows that are read.
    var share = 0.0
  }
}

/// Reports progress from time to time.
private final class ProgressTeller {
  private let start = monotonicSeconds()
  private let isFitting: Bool
  private let tell: (WorkerEvent) -> Void
  private var last = -Double.infinity

  init(isFitting: Bool, tell: @escaping (WorkerEvent) -> Void) {
    self.isFitting = isFitting
    self.tell = tell
  }

  func note(_ fraction: Double) {
    let now = monotonicSeconds()
    guard now - last >= 0.5 else { return }
    last = now
    let elapsed = now - start
    let isTelling = fraction > 0.02 && elapsed > 0.2 && fraction <= 1
    tell(
      .progress(
        WorkerProgress(
          fraction: fraction.isFinite ? min(1, max(0, fraction)) : 0,
          remaining: isTelling ? elapsed / fraction * (1 - fraction) : nil,
          isFitting: isFitting)))
  }
}

/// Turns errors of the library into refusals of the worker.
private func refusing<Result>(
  _ body: () throws(UpscaleError) -> Result
) throws(WorkerRefusal) -> Result {
  do throws(UpscaleError) {
    return try body()
  } catch {
    throw WorkerRefusal(error)
  }
}

extension FittingStep {
  fileprivate init(_ attempt: FittingLadder.Attempt, bytes: Int, limit: Int) {
    self.init(
      format: attempt.format, quality: attempt.quality, width: attempt.width,
      height: attempt.height, bytes: bytes, fits: bytes <= limit)
  }
}

extension PictureFormat {
  /// What names of files of this format end with.
  package var fileEnding: String { self == .jpeg ? "jpg" : rawValue }
}
