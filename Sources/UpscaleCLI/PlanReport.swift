import Upscale

/// How a picture will be computed, in words and as JSON.
struct PlanReport {
  private let job: PictureJob
  private let model: String
  private let upscaler: Upscaler
  private let budget: MemoryBudget

  init(_ job: PictureJob, model: String, upscaler: Upscaler, budget: MemoryBudget) {
    self.job = job
    self.model = model
    self.upscaler = upscaler
    self.budget = budget
  }

  private var engine: String {
    "\(visible(model)), \(upscaler.cpuLevel.name), \(upscaler.precision.rawValue), \(upscaler.threads) "
      + (upscaler.threads == 1 ? "thread" : "threads")
      + (upscaler.usesSelfEnsemble ? ", averaged over eight positions" : "")
      + (upscaler.strength < 1
        ? ", \(fixed(upscaler.strength * 100, digits: 1)) % of the result" : "")
  }

  /// "untiled", or the grid and what it costs.
  private var tiles: String {
    if upscaler.strength == 0 { return "none: the network has no share in the result" }
    if !job.plan.usesNetwork {
      return
        "none: the result is not larger than the picture, so it is resampled without the network"
    }
    if job.plan.isWhole { return "untiled" }
    let grids = job.plan.grids.map {
      "\($0.columns) × \($0.rows) tiles of up to \($0.tileWidth) × \($0.tileHeight)"
    }
    return grids.joined(separator: ", then ") + ", halo \(job.plan.halo), "
      + "\(fixed(job.plan.recomputedShare * 100, digits: 1)) % computed twice; \(upscaler.tilingError)"
  }

  private var members: KeyValuePairs<String, JSON> {
    let size = job.plan.outputSize
    return [
      "model": .string(model), "cpu": .string(upscaler.cpuLevel.name),
      "precision": .string(upscaler.precision.rawValue), "threads": .integer(upscaler.threads),
      "tta": .boolean(upscaler.usesSelfEnsemble), "strength": .number(upscaler.strength),
      "input_width": .integer(job.inputSize.width),
      "input_height": .integer(job.inputSize.height), "width": .integer(size.width),
      "height": .integer(size.height), "network": .boolean(job.plan.usesNetwork),
      "passes": .integer(job.plan.grids.count), "tiles": .integer(job.plan.tileCount),
      "halo": .integer(job.plan.isWhole ? 0 : job.plan.halo),
      "recomputed_percent": .number(job.plan.recomputedShare * 100, digits: 1),
      "predicted_memory": .integer(job.predictedPeak), "max_memory": .integer(budget.bytes),
    ]
  }

  /// A warning where tiles are so small that most of the work is done for their halos.
  var warning: String? {
    let times = 1 + job.plan.recomputedShare
    guard times > 3 else { return nil }
    if let side = upscaler.tileSize {
      return
        "in tiles of \(side) pixels every pixel is computed \(fixed(times, digits: 0)) times; "
        + "with a larger --tile, or none, it would take that much less time"
    }
    return
      "in \(byteCountText(budget.bytes)) every pixel is computed \(fixed(times, digits: 0)) times; "
      + "with more memory (--max-memory) it would take that much less time"
  }

  /// Before the work: lines for `--verbose`, an event for programs.
  func tell(_ console: Console) {
    console.detail(
      "input   \(job.inputSize.width) × \(job.inputSize.height), \(job.info.format.name)")
    console.detail("engine  \(engine)")
    console.detail("tiles   \(tiles)")
    console.detail(
      "memory  \(byteCountText(job.predictedPeak)) predicted, \(byteCountText(budget.bytes)) allowed"
    )
    console.event("start", members)
  }

  /// For `--dry-run`.
  func text(asJSON: Bool, seconds: Double) -> String {
    let size = job.plan.outputSize
    if asJSON {
      return JSON.object(
        named: "plan", members, with: ["predicted_seconds": .number(seconds, digits: 6)]
      ).text
    }
    var lines = [
      "input   \(job.inputSize.width) × \(job.inputSize.height), \(job.info.format.name)"
        + (job.wholeReason.map { " (\($0): all of it in memory)" } ?? ""),
      "output  \(size.width) × \(size.height)",
      "engine  \(engine)",
      "tiles   \(tiles)",
      "memory  \(byteCountText(job.predictedPeak)) at most, \(byteCountText(budget.bytes)) allowed",
    ]
    lines.append("time    about \(durationText(seconds))")
    return lines.joined(separator: "\n")
  }
}
