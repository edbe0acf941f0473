import ArgumentParser
import Upscale

/// Where the user's own models are.
struct ModelFolderOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      """
      The folder of your own weight files, each a model by its name. (default: $UPSCALE_MODELS, or \
      upscale/models in XDG_DATA_HOME or ~/.local/share)
      """, valueName: "dir"))
  var modelsDir: String?

  /// The models that can be asked for.
  ///
  /// - Throws: `.configuration` for a folder that was named and is not there.
  func library() throws(UpscaleError) -> ModelLibrary {
    let library = ModelLibrary(folder: .standard(chosen: modelsDir))
    if let modelsDir {
      guard !modelsDir.isEmpty else {
        throw UpscaleError(.usage, "--models-dir needs the name of a folder")
      }
      try library.folder?.check()
    }
    return library
  }
}
