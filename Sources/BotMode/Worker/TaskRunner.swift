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
  ///   - observer: told what happens, and asked often.
  /// - Returns: the result, and the seconds that the network took for a million pixels, if that was
  ///   measured.
  /// - Throws: why there is no result.
  func run(
    _ task: WorkerTask, observer: TaskObserver
  ) throws(WorkerRefusal) -> (WorkerResult, pace: Double?) {
    let start = monotonicSeconds()
    switch task.work {
    case .fit(let scale):
      let rendering = Rendering(path: task.input, bytes: Self.byteCount(task.input), scale: scale)
      return (try fit(rendering, task, start: start, observer: observer), nil)
    case .upscale(let model, let scale):
      let (rendering, pace) = try render(task, model: model, scale: scale, observer: observer)
      return (try fit(rendering, task, start: start, observer: observer), pace)
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
    var warnings: [String] = []
    var damage: PictureDamage?
    /// Losses that the file at `path` has already.
    var losses: [String] = []
  }

  private func render(
    _ task: WorkerTask, model: String, scale: Double?, observer: TaskObserver
  ) throws(WorkerRefusal) -> (Rendering, pace: Double?) {
    let bytes = try examiner.read(task.input)
    let picture = try examiner.examine(bytes)
    if let scale, !(scale > 0 && scale <= 64) {
      throw WorkerRefusal(reason: .fault, message: "the scale is \(scale)")
    }
    let upscaler = try refusing { () throws(UpscaleError) in
      try models.upscaler(model, keeping: budget())
    }
    let size = upscaler.outputSize(width: picture.width, height: picture.height, scale: scale)
    let limit = settings.limits.resultPixels
    guard size.width * size.height <= limit else {
      throw WorkerRefusal(
        reason: .tooManyResultPixels(width: size.width, height: size.height, limit: limit),
        message: "the result would have \(size.width) x \(size.height) pixels")
    }
    let (rendering, seconds) = try refusing { () throws(UpscaleError) in
      try draw(bytes, task, model: model, scale: scale, size: size, observer: observer)
    }
    observer.tell(
      .rendered(
        RenderedPicture(
          file: EncodedFile(
            path: rendering.path, format: Self.format(of: rendering), width: size.width,
            height: size.height, bytes: rendering.bytes),
          scale: rendering.scale, damage: rendering.damage)))
    let passes = WorkerModel(name: model, scale: upscaler.scale, pace: nil).passes(to: scale)
    let pixels = Double(picture.width * picture.height) / 1e6 * passes
    // In less time than this, the network's share is too small to be measured.
    return (rendering, pace: seconds >= 1 ? seconds / pixels : nil)
  }

  private func draw(
    _ bytes: [UInt8], _ task: WorkerTask, model: String, scale: Double?,
    size: (width: Int, height: Int), observer: TaskObserver
  ) throws(UpscaleError) -> (Rendering, seconds: Double) {
    let (job, spec) = try makeJob(bytes, task, model: model, scale: scale, size: size)
    let path = "\(task.output).\(spec.format.fileEnding)"
    let stream = try OutputStream(path: path)
    let start = monotonicSeconds()
    try job.run(
      into: { (part) throws(UpscaleError) in try stream.write(part) },
      observer: observer.observer(isFitting: false))
    try stream.finish()
    let rendering = Rendering(
      path: path, bytes: stream.byteCount,
      scale: scale ?? Double(job.plan.outputSize.width) / Double(job.inputSize.width),
      warnings: job.warnings, damage: job.damage, losses: job.losses)
    return (rendering, monotonicSeconds() - start)
  }

  /// The job of enlarging, and the format of its file: a PNG, from which others can be made without further
  /// loss, unless the wanted format surely fits.
  private func makeJob(
    _ bytes: [UInt8], _ task: WorkerTask, model: String, scale: Double?,
    size: (width: Int, height: Int)
  ) throws(UpscaleError) -> (PictureJob, OutputSpec) {
    func make() throws(UpscaleError) -> (PictureJob, OutputSpec) {
      let budget = budget()
      let upscaler = try models.upscaler(model, keeping: budget)
      var spec = OutputSpec(
        format: .png, scale: scale, depth: task.format == .png ? nil : .eight)
      // Photos that are passed on tell nothing of places and cameras.
      spec.stripsMetadata = true
      if writesAtOnce(task, size: size, free: budget.free) {
        spec.format = task.format
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
    _ task: WorkerTask, size: (width: Int, height: Int), free: Int
  ) -> Bool {
    guard task.format != .png else { return true }
    // Apart from noise of quality 100, no lossy file has as many bytes a pixel.
    guard size.width * size.height * 3 <= task.byteLimit,
      max(size.width, size.height) <= task.format.maximumSide
    else { return false }
    let rows = RowFormat(width: size.width, height: size.height, layout: .rgba, depth: .eight)
    let needed = PictureWriter.memory(
      rows, format: task.format, options: EncodingOptions(), optimisesJPEG: false)
    return needed <= free / 4
  }

  // MARK: Fitting

  private func fit(
    _ rendering: Rendering, _ task: WorkerTask, start: Double, observer: TaskObserver
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
    let renderedFormat = Self.format(of: rendering)
    func result(
      _ path: String, _ attempt: FittingLadder.Attempt, bytes: Int, steps: [FittingStep],
      losses: [String]
    ) -> WorkerResult {
      WorkerResult(
        file: EncodedFile(
          path: path, format: attempt.format, width: attempt.width, height: attempt.height,
          bytes: bytes),
        scale: rendering.scale * Double(attempt.width) / Double(source.width),
        steps: steps, warnings: rendering.warnings, damage: rendering.damage, losses: losses,
        seconds: monotonicSeconds() - start)
    }
    let whole = FittingLadder.Attempt(
      format: renderedFormat, quality: nil, width: source.width,
      height: source.height)
    if renderedFormat == task.format, rendering.bytes <= task.byteLimit {
      return result(
        rendering.path, whole, bytes: rendering.bytes, steps: [], losses: rendering.losses)
    }

    var ladder = FittingLadder(
      width: source.width, height: source.height, preferred: task.format,
      quality: nil, byteLimit: task.byteLimit, webPPixels: webPPixels(source),
      isOpaque: transcoder.isOpaque, rendered: (renderedFormat, rendering.bytes))
    var steps: [FittingStep] = []
    if renderedFormat == task.format {
      steps.append(FittingStep(whole, bytes: rendering.bytes, limit: task.byteLimit))
    }
    while true {
      switch ladder.next() {
      case .lookForTransparency:
        ladder.isOpaque = try refusing { () throws(UpscaleError) in
          try transcoder.lookForTransparency(observer: observer.observer(isFitting: true))
        }
      case .giveUp:
        throw WorkerRefusal(
          reason: .resultTooLarge(limit: task.byteLimit),
          message: "nothing of \(task.byteLimit) bytes can be made of the result")
      case .attempt(let attempt):
        let path = "\(task.output)-fitted.\(attempt.format.fileEnding)"
        do throws(UpscaleError) {
          let bytes = try write(
            attempt, of: transcoder, to: path, limit: task.byteLimit,
            observer: observer)
          steps.append(FittingStep(attempt, bytes: bytes, limit: task.byteLimit))
          if bytes <= task.byteLimit {
            let isWanted = attempt.format == task.format && steps.count == 1
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

  private static func format(of rendering: Rendering) -> PictureFormat {
    PictureFormat(fileName: rendering.path) ?? .png
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
    observer: TaskObserver
  ) throws(UpscaleError) -> Int {
    let stream = try OutputStream(path: path)
    let count = Count()
    do throws(UpscaleError) {
      let fitting = observer.observer(isFitting: true)
      let counting = fitting.observing {
        count.share = $0
        fitting.note($0)
      }
      try transcoder.write(
        as: attempt.format, options: EncodingOptions(quality: attempt.quality),
        width: attempt.width, height: attempt.height, memory: budget().free, observer: counting
      ) { part throws(UpscaleError) in
        count.bytes += part.count
        if count.bytes <= limit {
          try stream.write(part)
        } else if count.share > 0.05, count.share < 1 {
          // It is too large already, and enough is written to estimate its size.
          throw UpscaleError(.cannotCreate, "the file is too large")
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
