import Upscale

/// The models of a worker. One is loaded at a time, to save memory.
final class WorkerModels {
  private let settings: WorkerSettings
  /// The catalogue in which names are looked up; nil when all models are files.
  private let catalog: ModelCatalog?
  private var ready: (name: String, upscaler: Upscaler)?

  /// - Throws: `.badModel` for a name that no catalogue has.
  init(_ settings: WorkerSettings) throws(UpscaleError) {
    self.settings = settings
    let names = settings.models.filter { ModelReference($0).files.isEmpty }
    guard !names.isEmpty else {
      catalog = nil
      return
    }
    let catalog = try ModelCatalog.standard()
    for name in names where !catalog.entries.contains(where: { $0.name == name }) {
      // Loading an unknown name throws an error that lists the known ones.
      _ = try catalog.load(name)
    }
    self.catalog = catalog
  }

  /// Files and folders that models are read from.
  var paths: [String] {
    (catalog.map { [$0.directory] } ?? []) + settings.models.flatMap { ModelReference($0).files }
  }

  func load(_ name: String) throws(UpscaleError) -> Model {
    guard settings.models.contains(name) else {
      throw UpscaleError(.badModel, "the worker was not told of a model '\(name)'")
    }
    guard case .name = ModelReference(name), let catalog else { return try Model.load(path: name) }
    return try catalog.load(name)
  }

  /// The model, ready to enlarge; another loaded model is freed.
  ///
  /// - Parameters:
  ///   - name: which.
  ///   - budget: what the process may hold.
  /// - Returns: what enlarges.
  /// - Throws: `.badModel`, `.memory`.
  func upscaler(
    _ name: String, keeping budget: MemoryBudget
  ) throws(UpscaleError) -> Upscaler {
    if let ready, ready.name == name { return ready.upscaler }
    release()
    let model = try load(name)
    try budget.check(model)
    let upscaler = try Upscaler(
      model: model, precision: settings.precision, threads: settings.threads)
    ready = (name, upscaler)
    return upscaler
  }

  /// Frees the loaded model.
  func release() {
    ready = nil
    Machine.releaseFreeMemory()
  }

  /// Frees the buffers of pictures.
  func releaseBuffers() {
    ready?.upscaler.releaseBuffers()
    Machine.releaseFreeMemory()
  }

  // MARK: Speeds

  /// Describes the models for the parent.
  ///
  /// - Parameters:
  ///   - measures: whether the fastest is tried for some tenths of a second, and the others'
  ///     speeds derived from it.
  ///   - budget: what the process may hold.
  /// - Returns: all models of the settings.
  /// - Throws: `.badModel` for one that cannot be used.
  func describe(
    measuring measures: Bool, keeping budget: MemoryBudget
  ) throws(UpscaleError) -> [WorkerModel] {
    var models: [WorkerModel] = []
    var operations: [Double] = []
    for name in settings.models {
      let model = try load(name)
      models.append(WorkerModel(name: name, scale: model.architecture.scale, pace: nil))
      operations.append(model.architecture.multiplyAddsPerPixel)
    }
    guard measures, let least = operations.indices.min(by: { operations[$0] < operations[$1] })
    else { return models }
    defer { release() }
    do throws(UpscaleError) {
      let upscaler = try upscaler(models[least].name, keeping: budget)
      // The size is increased until the work is long enough that starting threads does not matter. It starts
      // small, since the slowest kernels take a thousand times as long as the fastest.
      var (speed, side) = (1.0, 8)
      repeat {
        side *= 2
        let measured = try ForwardBenchmark.run(
          upscaler: upscaler, width: side, height: side, runs: 1)
        speed = Double(upscaler.multiplyAdds(width: side, height: side)) / measured.seconds
        // Four times as many pixels take four times as long, three times over.
        if measured.seconds > 0.02 { break }
      } while side < 128
      for index in models.indices { models[index].pace = operations[index] * 1e6 / speed }
    } catch  where error.cause.isScarcity {
      // Memory may be there by the time a picture is; a speed is guessed until then.
    }
    return models
  }
}
