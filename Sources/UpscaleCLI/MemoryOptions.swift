import ArgumentParser
import Upscale

/// What the process may hold.
struct MemoryOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      """
      The most memory this process may hold, such as 800M or 2GiB; a picture that needs more is \
      refused before the work. (default: 70 % of what is free)
      """, valueName: "size"))
  var maxMemory: String?

  /// What the process may hold.
  func budget() throws(UpscaleError) -> MemoryBudget {
    guard let maxMemory else { return MemoryBudget() }
    guard let bytes = MemoryBudget.parse(maxMemory) else {
      throw UpscaleError(
        .usage, "--max-memory must be a size such as 800M or 2GiB, not '\(maxMemory)'")
    }
    return MemoryBudget(bytes: bytes)
  }
}
