public import SystemSupport

/// How a user names a model: by a name of the catalogue, or by a weight file.
public enum ModelReference: Sendable, Hashable {
  /// A name of the catalogue or the models folder, or a path without the suffix of a weight file.
  case name(String)
  /// A path with the suffix of a weight file; a name without a folder may be that of a file in the models
  /// folder.
  case file(String)

  private static let graphSuffix = ".param"

  /// Decides by the suffix what a text means.
  ///
  /// - Parameter text: as a user writes it; a path as `BytePath.encoded` has it.
  public init(_ text: String) {
    self = ModelFolder.suffixes.contains(where: text.hasSuffix) ? .file(text) : .name(text)
  }

  /// As a user would write it.
  package var text: String {
    switch self {
    case .name(let text), .file(let text): text
    }
  }

  /// The model's name without folders, which would tell of the machine, and without a suffix.
  package var plainName: String {
    let name = text.split(separator: "/").last.map(String.init) ?? text
    let suffix = ModelFolder.suffixes.first { name.hasSuffix($0) && name != $0 }
    return String(name.dropLast(suffix?.count ?? 0))
  }

  /// The file that holds the numbers of an ncnn graph: beside it, under its name.
  ///
  /// - Parameter graph: path of the graph.
  /// - Returns: the path that ends with `.bin`.
  static func ncnnWeights(of graph: String) -> String {
    (graph.hasSuffix(graphSuffix) ? String(graph.dropLast(graphSuffix.count)) : graph) + ".bin"
  }

  /// The files that are read, where they are known without a catalogue.
  package var files: [String] {
    switch self {
    case .name: []
    case .file(let path): Self.files(of: path)
    }
  }

  /// The files that a model at `path` is made of.
  static func files(of path: String) -> [String] {
    path.hasSuffix(graphSuffix) ? [path, ncnnWeights(of: path)] : [path]
  }

  /// Loads the model.
  ///
  /// - Parameter library: where names are looked for; the catalogue of this installation and the folder of
  ///   this user, if nothing is said.
  /// - Returns: the model.
  /// - Throws: `.badModel` with the known names for a name that nobody knows; as `Model.load`.
  public func load(from library: ModelLibrary = ModelLibrary()) throws(UpscaleError) -> Model {
    switch try library.place(of: self) {
    case .file(let path): try Model.load(path: path)
    case .bundled(let entry, let path): try ModelCatalog.load(entry, path: path)
    }
  }

  /// The file that the model is read from, which needs no library any more; itself for a model that comes
  /// along.
  ///
  /// - Throws: as `load`, before anything is read.
  package func located(in library: ModelLibrary) throws(UpscaleError) -> ModelReference {
    switch try library.place(of: self) {
    case .file(let path): .file(path)
    case .bundled: self
    }
  }

  /// The SHA-256 of the file that holds the numbers, as others publish it.
  ///
  /// - Parameter library: as `load`'s.
  /// - Returns: 64 lower-case hexadecimal digits.
  /// - Throws: as `digest`.
  public func weightsDigest(
    in library: ModelLibrary = ModelLibrary()
  ) throws(UpscaleError) -> String { String(try digest(in: library).suffix(64)) }

  /// Identifies the weights: the digest of their file, or of both files.
  ///
  /// - Parameter library: as `load`'s.
  /// - Returns: lower-case hexadecimal digits.
  /// - Throws: `.badModel` and what reading throws, with the file's path.
  package func digest(in library: ModelLibrary = ModelLibrary()) throws(UpscaleError) -> String {
    switch try library.place(of: self) {
    case .bundled(let entry, _): return entry.sha256
    case .file(let path):
      var digest = ""
      for path in Self.files(of: path) {
        do throws(UpscaleError) {
          digest += try WeightFile(path: path).hexDigest()
        } catch {
          throw error.prefixed(path)
        }
      }
      return digest
    }
  }
}
