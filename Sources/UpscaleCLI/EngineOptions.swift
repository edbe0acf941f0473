import ArgumentParser
import Upscale

/// Which network, and how it is computed.
struct EngineOptions: ParsableArguments {
  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      """
      The network: a name of 'upscale model list', a weight file, or 'auto' for the cheapest one that \
      reaches --scale in colour, whatever it was trained for.
      """, valueName: "name|file|auto"))
  var model = "realesrgan-x4plus"

  @OptionGroup var folder: ModelFolderOptions

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

  /// The model that is asked for, loaded; says which one was chosen.
  ///
  /// - Parameters:
  ///   - scale: what `--model auto` has to reach.
  ///   - use: what is blended into it.
  ///   - console: is told of a choice.
  /// - Returns: the model.
  /// - Throws: `.badModel`; as `ModelLibrary.cheapest`.
  func requestedModel(
    scale: Double?, used use: NetworkUseOptions, _ console: Console
  ) throws(UpscaleError) -> RequestedModel {
    let library = try folder.library()
    guard model == RequestedModel.automatic, let scale else {
      return try RequestedModel(model, used: use, library: library)
    }
    let choice = try library.cheapest(toReach: scale)
    console.tell(choice, toReach: scale)
    return RequestedModel(choice, library: library)
  }

  /// The model, ready.
  ///
  /// - Parameter budget: checked before the weights are taken into memory.
  /// - Returns: what enlarges.
  /// - Throws: `.badModel`, and `.memory` for weights that go beyond the budget.
  func makeUpscaler(keeping budget: MemoryBudget? = nil) throws(UpscaleError) -> Upscaler {
    try makeUpscaler(of: ModelReference(model).load(from: folder.library()), keeping: budget)
  }

  /// The same, of a model that was loaded already.
  func makeUpscaler(
    of model: Model, used use: NetworkUseOptions? = nil, keeping budget: MemoryBudget?
  ) throws(UpscaleError) -> Upscaler {
    try budget?.check(model)
    return try Upscaler(
      model: model, precision: precision, threads: threads, tileSize: tile,
      usesSelfEnsemble: use?.tta ?? false, strength: use?.share ?? 1)
  }

  /// The message for users who do not get the precision that they asked for.
  func note(on upscaler: Upscaler) -> String? {
    guard upscaler.precision != precision else { return nil }
    return
      "this CPU (\(upscaler.cpuLevel.name)) has no instructions that would make "
      + "--precision \(precision.rawValue) faster; computing with \(upscaler.precision.rawValue)"
  }
}
