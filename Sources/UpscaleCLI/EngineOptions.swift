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
      """, valueName: "exact|fast"))
  var precision = Precision.exact.rawValue

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "Threads to compute with. (default: the cores this process may use)", valueName: "n"))
  var threads: WholeNumber?

  @Option(
    help: ArgumentHelp(
      "Side of a tile in input pixels. (default: chosen by size and memory)", valueName: "n"))
  var tile: WholeNumber?

  /// What holds if nothing is said.
  static let standard: EngineOptions = {
    var options = EngineOptions()
    options.model = "realesrgan-x4plus"
    options.folder = .standard
    options.precision = Precision.exact.rawValue
    options.threads = nil
    options.tile = nil
    return options
  }()

  /// Refuses values that mean nothing.
  ///
  /// - Parameter scale: what `--model auto` has to reach.
  /// - Throws: `.usage`.
  func check(scale: RealNumber? = nil) throws(UpscaleError) {
    if model == RequestedModel.automatic, scale == nil {
      throw UpscaleError(
        .usage,
        "--model auto chooses by the --scale of 'upscale image' and 'upscale batch': give one, or a model"
      )
    }
    try threads?.check("--threads", in: 1...1024)
    guard Precision(rawValue: precision) != nil else {
      throw UpscaleError(.usage, "--precision must be exact or fast, not '\(precision)'")
    }
    try tile?.check("--tile", in: 16...32_768)
  }

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
      model: model, precision: Precision(rawValue: precision) ?? .exact,
      threads: threads?.value, tileSize: tile?.value, usesSelfEnsemble: use?.tta ?? false,
      strength: use?.share ?? 1)
  }

  /// What to tell people when they do not get the precision they asked for.
  func note(on upscaler: Upscaler) -> String? {
    guard upscaler.precision.rawValue != precision else { return nil }
    return
      "this CPU (\(upscaler.cpuLevel.name)) has no instructions that would make "
      + "--precision \(precision) faster; computing with \(upscaler.precision.rawValue)"
  }
}
