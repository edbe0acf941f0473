import FoundationEssentials
public import SystemSupport

/// The models that come with the program: a directory of weights and its `manifest.json`.
public struct ModelCatalog: Sendable {
  /// One model, as `manifest.json` describes it.
  public struct Entry: Sendable, Hashable, Codable {
    /// What `--model` takes.
    public let name: String
    /// The network's class: `RRDBNet`, `SRVGGNetCompact` or `SPAN`.
    public let architecture: String
    /// The factor between the sides of input and output.
    public let scale: Int
    /// The file's name inside the directory of weights.
    public let file: String
    /// The file's digest in lower-case hexadecimal.
    public let sha256: String
    /// The licence of the weights, by its SPDX name.
    public let licence: String
    /// Where the weights come from.
    public let source: String
    /// What the model is good for, in one sentence.
    public let summary: String
  }

  private struct Manifest: Codable {
    let models: [Entry]
  }

  /// The directory that holds `manifest.json` and the files it names.
  public let directory: String
  /// The models, in the order of `manifest.json`.
  public let entries: [Entry]

  /// The greatest `manifest.json` that is read, in bytes.
  private static let manifestLimit = 1 << 18

  /// Reads the catalogue in `directory`.
  ///
  /// - Throws: `.badModel` if its `manifest.json` is missing, unreadable as JSON, or names a file
  ///   outside the directory or a model twice.
  public init(directory: String) throws(UpscaleError) {
    let path = directory + "/manifest.json"
    do throws(UpscaleError) {
      let file = try WeightFile(path: path)
      guard file.count <= ModelCatalog.manifestLimit else {
        throw UpscaleError(.badModel, "is too large for a catalogue (\(file.count) bytes)")
      }
      entries = try ModelCatalog.parse(file.copy(0..<file.count))
    } catch {
      throw error.prefixed(path)
    }
    self.directory = directory
  }

  private static func parse(_ bytes: [UInt8]) throws(UpscaleError) -> [Entry] {
    guard let manifest = try? JSONDecoder().decode(Manifest.self, from: Data(bytes)) else {
      throw UpscaleError(.badModel, "is damaged: it is not a catalogue of models")
    }
    var names: Set<String> = []
    for entry in manifest.models {
      guard names.insert(entry.name).inserted else {
        throw UpscaleError(.badModel, "model \(quoted(entry.name)) occurs twice")
      }
      guard !entry.file.isEmpty, !entry.file.contains("/"), entry.file != "..",
        entry.sha256.utf8.count == 64
      else {
        throw UpscaleError(
          .badModel, "model \(quoted(entry.name)) has no plain file name or no SHA-256")
      }
    }
    return manifest.models
  }

  /// The catalogue of this installation.
  ///
  /// It is looked for in `$UPSCALE_WEIGHTS`, then by the program's own place: `weights` beside it,
  /// `../share/upscale/weights`, then `weights` in a directory above it (a checkout). The current
  /// directory never matters, so that a folder of pictures cannot bring its own weights.
  ///
  /// - Throws: `.configuration` if there is none, `.badModel` if it is damaged.
  public static func standard() throws(UpscaleError) -> ModelCatalog {
    let chosen = BytePath(variable: "UPSCALE_WEIGHTS")?.encoded
    return try find(chosen: chosen, program: ProgramFile.path)
  }

  /// The catalogue in `chosen`, or else the one that belongs to the program at `program`.
  static func find(chosen: String?, program: String?) throws(UpscaleError) -> ModelCatalog {
    if let chosen, !chosen.isEmpty { return try ModelCatalog(directory: chosen) }
    for directory in candidates(program: program)
    where BytePath(directory + "/manifest.json").status() != nil {
      return try ModelCatalog(directory: directory)
    }
    throw UpscaleError(
      .configuration,
      "the models are not installed: no weights/manifest.json beside the program; "
        + "install them, or set UPSCALE_WEIGHTS to their directory")
  }

  /// Directories that may hold the weights of a program, best first.
  static func candidates(program: String?) -> [String] {
    guard let program, program.hasPrefix("/") else { return [] }
    var folders = program.split(separator: "/").dropLast()
    let path = { (parts: ArraySlice<Substring>) in parts.map { "/" + $0 }.joined() }
    var directories = [path(folders) + "/weights"]
    directories.append(path(folders.dropLast()) + "/share/upscale/weights")
    while !folders.isEmpty {
      folders = folders.dropLast()
      directories.append(path(folders) + "/weights")
    }
    return directories
  }

  /// The file of a model.
  func path(of entry: Entry) -> String { "\(directory)/\(entry.file)" }

  /// Loads a model, its digest verified.
  ///
  /// - Throws: as `Model.load`.
  static func load(_ entry: Entry, path: String) throws(UpscaleError) -> Model {
    do throws(UpscaleError) {
      return try Model.load(WeightFile(path: path), sha256: entry.sha256, name: entry.name)
    } catch {
      throw error.prefixed(path)
    }
  }

  /// Loads a model by its name in the catalogue, its digest verified, or else from a file.
  ///
  /// - Throws: as `Model.load`; `.badModel` with the known names if `nameOrPath` is neither.
  public func load(_ nameOrPath: String) throws(UpscaleError) -> Model {
    if let entry = entries.first(where: { $0.name == nameOrPath }) {
      return try Self.load(entry, path: path(of: entry))
    }
    guard ModelLibrary.isMissing(nameOrPath) else { return try Model.load(path: nameOrPath) }
    let known = entries.map(\.name).joined(separator: ", ")
    throw UpscaleError(
      .badModel,
      "no such model: '\(BytePath(nameOrPath).text)'; known models are \(known), "
        + "or give the path of a .safetensors, .pth or ncnn .param file")
  }
}
