public import SystemSupport

/// How a user names a model: by a name of the catalogue, or by a weight file.
public enum ModelReference: Sendable, Hashable {
  /// A name of the catalogue, or a path without the suffix of a weight file.
  case name(String)
  /// A path with the suffix of a weight file; no catalogue is read for it.
  case file(String)

  private static let graphSuffix = ".param"
  private static let suffixes = [".safetensors", ".pth", ".pt", ".ckpt", graphSuffix]

  /// Decides by the suffix what a text means.
  ///
  /// - Parameter text: as a user writes it; a path as `BytePath.encoded` has it.
  public init(_ text: String) {
    self = Self.suffixes.contains(where: text.hasSuffix) ? .file(text) : .name(text)
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
    case .file(let path):
      path.hasSuffix(Self.graphSuffix) ? [path, Self.ncnnWeights(of: path)] : [path]
    }
  }

  /// Loads the model; the catalogue of this installation is read only for a name.
  ///
  /// - Throws: as `ModelCatalog.load`.
  public func load() throws(UpscaleError) -> Model {
    switch self {
    case .file(let path): try Model.load(path: path)
    case .name(let name): try ModelCatalog.standard().load(name)
    }
  }

  /// The SHA-256 of the file that holds the numbers, as others publish it.
  ///
  /// - Returns: 64 lower-case hexadecimal digits.
  /// - Throws: as `digest`.
  public func weightsDigest() throws(UpscaleError) -> String { String(try digest().suffix(64)) }

  /// Identifies the weights: the digest of their file, or of both files.
  ///
  /// - Returns: lower-case hexadecimal digits.
  /// - Throws: `.badModel` and what reading throws, with the file's path.
  package func digest() throws(UpscaleError) -> String {
    var paths = files
    if case .name(let name) = self {
      let entries = try ModelCatalog.standard().entries
      if let entry = entries.first(where: { $0.name == name }) { return entry.sha256 }
      paths = [name]
    }
    var digest = ""
    for path in paths {
      do throws(UpscaleError) {
        digest += try WeightFile(path: path).hexDigest()
      } catch {
        throw error.prefixed(path)
      }
    }
    return digest
  }
}
