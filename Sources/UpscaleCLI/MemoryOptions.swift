import ArgumentParser
import Upscale

/// What the process may hold.
struct MemoryOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      """
      The most memory this process may hold, such as 800M or 2GiB; a picture that needs more is \
      refused before the work. (default: 70 % of what is free)
      """, valueName: "size"), transform: OptionValue.byteCount)
  var maxMemory: Int?

  /// What the process may hold.
  func budget() -> MemoryBudget { maxMemory.map { MemoryBudget(bytes: $0) } ?? MemoryBudget() }
}
