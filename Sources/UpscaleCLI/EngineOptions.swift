import ArgumentParser
import Upscale

/// Which network, and how it is computed.
struct EngineOptions: ParsableArguments {
  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "The network: a name of 'upscale model list', or a weight file.", valueName: "name|file"))
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
    options.folder.modelsDir = nil
    options.precision = Precision.exact.rawValue
    options.threads = nil
    options.tile = nil
    return options
  }()

  func check() throws(UpscaleError) {
    try threads?.check("--threads", in: 1...1024)
    guard Precision(rawValue: precision) != nil else {
      throw UpscaleError(.usage, "--precision must be exact or fast, not '\(precision)'")
    }
    try tile?.check("--tile", in: 16...32_768)
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
    of model: Model, keeping budget: MemoryBudget?
  ) throws(UpscaleError) -> Upscaler {
    try budget?.check(model)
    return try Upscaler(
      model: model, precision: Precision(rawValue: precision) ?? .exact,
      threads: threads?.value, tileSize: tile?.value)
  }

  /// What to tell people when they do not get the precision they asked for.
  func note(on upscaler: Upscaler) -> String? {
    guard upscaler.precision.rawValue != precision else { return nil }
    return
      "this CPU (\(upscaler.cpuLevel.name)) has no instructions that would make "
      + "--precision \(precision) faster; computing with \(upscaler.precision.rawValue)"
  }
}
