import ArgumentParser
import BotMode
import Upscale

/// Which networks, and how they are computed.
struct BotEngineOptions: ParsableArguments {
  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "The network for photos: a name of 'upscale model list', or a weight file.",
      valueName: "name|file"))
  var model = "realesrgan-x4plus"

  @OptionGroup var folder: ModelFolderOptions

  @Option(
    help: ArgumentHelp("How networks are computed; see 'upscale image'.", valueName: "exact|fast"))
  var precision = Precision.exact.rawValue

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "Threads to compute with. (default: the cores this process may use)", valueName: "n"))
  var threads: WholeNumber?

  func apply(to settings: inout BotSettings) throws(UpscaleError) {
    var options = EngineOptions.standard
    options.model = model
    options.threads = threads
    options.precision = precision
    try options.check()
    // Better refused now than at the first picture.
    let library = try folder.library()
    let reference = ModelReference(model)
    _ = try reference.load(from: library)
    // The worker cannot see the folder.
    settings.model = try reference.located(in: library).text
    settings.threads = threads?.value
    settings.precision = Precision(rawValue: precision) ?? .exact
  }
}
