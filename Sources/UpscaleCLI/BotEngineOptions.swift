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
    help: ArgumentHelp("How networks are computed; see 'upscale image'."))
  var precision = Precision.exact

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "Threads to compute with. (default: the cores this process may use)", valueName: "n"),
    transform: OptionValue.whole(1...1024))
  var threads: Int?

  func validate() throws { try RequestedModel.validateIsNamed(model) }

  func apply(to settings: inout BotSettings) throws(UpscaleError) {
    let library = try folder.library()
    let reference = ModelReference(model)
    // A bad model is refused now and not at the first picture.
    _ = try reference.load(from: library)
    // The worker cannot see the folder.
    settings.model = try reference.located(in: library).text
    settings.threads = threads
    settings.precision = precision
  }
}
