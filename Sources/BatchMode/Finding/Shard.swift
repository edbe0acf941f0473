package import Upscale

/// One of several parts of the work. The parts depend on the outputs' names alone, so that all runs on the
/// same inputs split them in the same way, on any machine.
package struct Shard: Sendable, Equatable {
  /// From 1.
  package let index: Int
  package let count: Int

  package init?(index: Int, count: Int) {
    guard count >= 1, (1...count).contains(index) else { return nil }
    self.index = index
    self.count = count
  }

  /// Reads "I/N", or with "auto" the variables of the scheduler.
  ///
  /// - Parameters:
  ///   - text: of the option.
  ///   - name: what refusals call it.
  ///   - environment: SLURM_ARRAY_TASK_ID with _COUNT, _MIN and _STEP (an array job of Slurm), or
  ///     JOB_COMPLETION_INDEX with JOB_COMPLETIONS (an Indexed Job of Kubernetes, which gives the
  ///     first itself and has to be told the second).
  /// - Throws: `.usage`.
  package init(
    _ text: String, named name: String = "the shard", environment: (String) -> String?
  ) throws(UpscaleError) {
    if text == "auto" {
      self = try Self.automatic(name, environment)
      return
    }
    let parts = text.split(separator: "/", omittingEmptySubsequences: false).map {
      DecimalNumber.whole(String($0))
    }
    guard parts.count == 2, let index = parts[0], let count = parts[1],
      let shard = Shard(index: index, count: count)
    else {
      throw UpscaleError(
        .usage, "\(name) must be I/N with I from 1 to N, such as 2/8, or auto, not '\(text)'")
    }
    self = shard
  }

  private static func automatic(
    _ name: String, _ environment: (String) -> String?
  ) throws(UpscaleError) -> Shard {
    // More than any scheduler has; sums of numbers below this limit cannot overflow.
    func number(_ variable: String) -> Int? {
      environment(variable).flatMap { Int32($0) }.map { Int($0) }
    }
    if let task = number("SLURM_ARRAY_TASK_ID") {
      guard let count = number("SLURM_ARRAY_TASK_COUNT"),
        let first = number("SLURM_ARRAY_TASK_MIN"),
        let shard = Shard(
          index: (task - first) / max(1, number("SLURM_ARRAY_TASK_STEP") ?? 1) + 1, count: count)
      else {
        throw UpscaleError(
          .usage,
          "\(name) auto: SLURM_ARRAY_TASK_ID is set, and SLURM_ARRAY_TASK_COUNT and _MIN do not fit "
            + "it"
        )
      }
      return shard
    }
    if let index = number("JOB_COMPLETION_INDEX") {
      guard let count = number("JOB_COMPLETIONS"), let shard = Shard(index: index + 1, count: count)
      else {
        throw UpscaleError(
          .usage,
          "\(name) auto: JOB_COMPLETION_INDEX is set; set JOB_COMPLETIONS to the job's completions, "
            + "too")
      }
      return shard
    }
    throw UpscaleError(
      .usage,
      "\(name) auto: neither SLURM_ARRAY_TASK_ID nor JOB_COMPLETION_INDEX is set; say \(name) I/N")
  }

  /// Whether an output belongs to this part.
  package func contains(_ output: BytePath) -> Bool {
    // FNV-1a. Its low bits are poorly distributed, so the high ones are folded in.
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in output.bytes { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
    hash ^= hash >> 32
    return Int(hash % UInt64(count)) == index - 1
  }
}
