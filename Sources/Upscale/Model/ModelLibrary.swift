public import SystemSupport

/// All models that can be asked for: those that come with the program, those of the user's folder, and
/// any weight file by its path.
public struct ModelLibrary: Sendable {
  /// The user's folder; nil where there is none to look in.
  public let folder: ModelFolder?

  /// - Parameter folder: the user's; that of the environment if nothing is said.
  public init(folder: ModelFolder? = .standard()) {
    self.folder = folder
  }

  /// Where a model is.
  package enum Place: Sendable, Hashable {
    case bundled(ModelCatalog.Entry, path: String)
    case file(String)

    /// The file that is named in messages and read first.
    package var path: String {
      switch self {
      case .bundled(_, let path), .file(let path): path
      }
    }
  }

  /// Finds a model.
  ///
  /// A name is looked for in the catalogue, then in the user's folder, and last as a path; what ends as
  /// weight files do is a path, and a name in the folder where there is no such file. So neither a folder
  /// of pictures nor the user's can take the place of a model that comes along.
  ///
  /// - Parameter reference: as it was asked for.
  /// - Returns: where it is; a path, which may lead nowhere, if it is no known name.
  /// - Throws: `.badModel` with the known names if it is none of these; as `ModelFolder.check`, and what
  ///   reading the catalogue throws where the folder does not have it.
  package func place(of reference: ModelReference) throws(UpscaleError) -> Place {
    switch reference {
    case .file(let path):
      if !path.contains("/"), Self.isMissing(path), let found = try folder?.file(of: path) {
        return .file(found)
      }
      return .file(path)
    case .name(let name):
      let catalog: ModelCatalog
      do throws(UpscaleError) {
        catalog = try ModelCatalog.standard()
      } catch {
        guard let found = try folder?.file(of: name) else { throw error }
        return .file(found)
      }
      if let entry = catalog.entries.first(where: { $0.name == name }) {
        return .bundled(entry, path: catalog.path(of: entry))
      }
      if let found = try folder?.file(of: name) { return .file(found) }
      guard Self.isMissing(name) else { return .file(name) }
      let known = catalog.entries.map(\.name).joined(separator: ", ")
      let beside = try folder.map { (folder) throws(UpscaleError) in
        try folder.check() ? " and those in '\(BytePath(folder.directory).text)'" : ""
      }
      throw UpscaleError(
        .badModel,
        "no such model: '\(BytePath(name).text)'; known models are \(known)\(beside ?? ""), "
          + "or give the path of a .safetensors, .pth or ncnn .param file")
    }
  }

  static func isMissing(_ path: String) -> Bool {
    do throws(SystemFailure) {
      _ = try BytePath(path).examine()
      return false
    } catch {
      return error.cause == .noSuchFile || error.cause == .notFolder
    }
  }
}
