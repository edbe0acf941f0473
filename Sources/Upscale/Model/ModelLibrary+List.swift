public import SystemSupport

extension ModelLibrary {
  /// The models that can be asked for by name, those that come along first.
  public struct List: Sendable {
    /// The models that load, those of the catalogue first.
    public var models: [ModelSummary] = []
    /// Files that are no models, and why: one of them never hides the others.
    public var unusable: [UnusableModel] = []
  }

  /// Looks at all models.
  ///
  /// Each file is opened and its header read, which takes some milliseconds; neither a FIFO nor a link that
  /// leads to itself holds it up, and folders below the user's are left alone.
  ///
  /// - Returns: what there is.
  /// - Throws: as `ModelFolder.check` for a folder that somebody chose, and what reading the catalogue throws.
  public func list() throws(UpscaleError) -> List {
    var list = List()
    let catalog = try ModelCatalog.standard()
    for entry in catalog.entries {
      let path = catalog.path(of: entry)
      do throws(UpscaleError) {
        list.models.append(try ModelSummary(path, name: entry.name, entry: entry))
      } catch {
        list.unusable.append(UnusableModel(path: path, reason: error))
      }
    }
    guard let folder else { return list }
    do throws(UpscaleError) {
      try add(folder, to: &list, beside: Set(catalog.entries.map(\.name)))
    } catch {
      // The user's usual folder is looked into unasked: what is wrong with it hides nothing.
      if folder.isChosen { throw error }
      list.unusable.append(UnusableModel(path: folder.directory, reason: error))
    }
    return list
  }

  private func add(
    _ folder: ModelFolder, to list: inout List, beside bundled: Set<String>
  ) throws(UpscaleError) {
    let (names, isCut) = try folder.files()
    for file in names where folder.path(of: file).status()?.isFolder != true {
      let path = folder.path(of: file).encoded
      let name = Model.stem(file.encoded)
      do throws(UpscaleError) {
        if bundled.contains(name) {
          throw UpscaleError(
            .badModel, "has the name of a model that comes along, which goes before it")
        }
        if let first = try folder.file(of: name), first != path {
          throw UpscaleError(
            .badModel, "has the name of '\(BytePath(first).text)', which goes before it")
        }
        list.models.append(try ModelSummary(path, name: name))
      } catch {
        list.unusable.append(UnusableModel(path: path, reason: error))
      }
    }
    if isCut {
      list.unusable.append(
        UnusableModel(
          path: folder.directory,
          reason: UpscaleError(
            .badModel, "holds more than \(ModelFolder.limit) weight files; the others are left out")
        ))
    }
  }
}
