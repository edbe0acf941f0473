import ArgumentParser
import Upscale

/// Which network, and how it is computed.
struct EngineOptions: ParsableArguments {
  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "The network: a name of 'upscale model list', or a weight file.", valueName: "name|file"))
  var model = "realesrgan-x4plus"

  @Option(
    help: ArgumentHelp(
      """
      How the network is computed: 'exact' equals the reference network; 'fast' takes about two \
      thirds of the time and is at most one 8-bit level off on photographs, drawings and letters; \
      16 levels were the worst found, on checkers of a few pixels.
      """))
  var precision = Precision.exact

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "Threads to compute with. (default: the cores this process may use)", valueName: "n"),
    transform: OptionValue.whole(1...1024))
  var threads: Int?

  @Option(
    help: ArgumentHelp(
      "Side of a tile in input pixels. (default: chosen by size and memory)", valueName: "n"),
    transform: OptionValue.whole(16...32_768))
  var tile: Int?

  /// The model, ready.
  ///
  /// - Parameter budget: checked before the weights are taken into memory.
  /// - Returns: what enlarges.
  /// - Throws: `.badModel`, and `.memory` for weights that go beyond the budget.
  func makeUpscaler(keeping budget: MemoryBudget? = nil) throws(UpscaleError) -> Upscaler {
    try makeUpscaler(of: ModelReference(model).load(), keeping: budget)
  }

  /// The same, of a model that was loaded already.
  func makeUpscaler(
    of model: Model, keeping budget: MemoryBudget?
  ) throws(UpscaleError) -> Upscaler {
    try budget?.check(model)
    return try Upscaler(
      model: model, precision: precision, threads: threads, tileSize: tile)
  }

  /// The message for users who do not get the precision that they asked for.
  func note(on upscaler: Upscaler) -> String? {
    guard upscaler.precision != precision else { return nil }
    return
      "this CPU (\(upscaler.cpuLevel.name)) has no instructions that would make "
      + "--precision \(precision.rawValue) faster; computing with \(upscaler.precision.rawValue)"
  }
}
