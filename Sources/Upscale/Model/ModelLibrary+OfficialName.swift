public import SystemSupport

extension ModelLibrary {
  /// What its makers call a model: by the digest of its file, or by its weights if they are those of a model
  /// that comes along, whatever file they are in.
  ///
  /// - Parameters:
  ///   - model: which.
  ///   - sha256: the digest of the file that holds its numbers.
  /// - Returns: nil for one that is not known.
  /// - Throws: when the model's file cannot be read.
  public func officialName(
    of model: Model, sha256: String
  ) throws(UpscaleError) -> String? {
    if let known = KnownWeights.all.first(where: { $0.sha256 == sha256 }) { return known.name }
    guard let catalog = try? ModelCatalog.standard() else { return nil }
    if let entry = catalog.entries.first(where: { $0.sha256 == sha256 }) { return entry.name }
    for entry in catalog.entries where entry.architecture == model.architecture.name {
      // A file of the installation that is damaged is no reason to say nothing of this one.
      guard let other = try? Model.examine(path: catalog.path(of: entry)),
        other.architecture == model.architecture, let digest = try? other.digestOfWeights()
      else { continue }
      if try model.digestOfWeights() == digest { return entry.name }
    }
    return nil
  }
}
