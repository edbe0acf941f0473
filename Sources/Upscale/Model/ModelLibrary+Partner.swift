public import SystemSupport

extension ModelLibrary {
  /// The model that keeps noise, of a pair like `realesr-general-x4v3` and `realesr-general-wdn-x4v3`.
  ///
  /// Its name has `-wdn` before its last part, or at its end. It is looked for beside the model's file, with
  /// any of the endings that weight files have; of a name among all names.
  ///
  /// - Parameter reference: the model that takes noise away.
  /// - Returns: what the other one is asked for by.
  /// - Throws: `.badModel` where there is none; as `ModelReference.load`, before anything is read.
  package func noisyPartner(of reference: ModelReference) throws(UpscaleError) -> ModelReference {
    let place = try place(of: reference)
    let name: String
    let folder: ModelFolder?
    switch place {
    case .bundled(let entry, _): (name, folder) = (entry.name, self.folder)
    case .file(let path):
      let directory = BytePath(path).folder.encoded
      (name, folder) = (Model.stem(path), ModelFolder(directory: directory, isChosen: false))
    }
    let names = Self.partnerNames(of: name)
    for name in names {
      if let file = try folder?.file(of: name) { return .file(file) }
    }
    throw UpscaleError(
      .badModel,
      "model '\(BytePath(name).text)' has no partner that keeps noise: there is no "
        + names.map { "'\(BytePath($0).text)'" }.joined(separator: " and no ")
        + (folder.map { " in '\(BytePath($0.directory).text)'" } ?? ""))
  }

  /// What the partner of a model may be called.
  static func partnerNames(of name: String) -> [String] {
    let dash = name.lastIndex(of: "-")
    return (dash.map { ["\(name[..<$0])-wdn\(name[$0...])"] } ?? []) + ["\(name)-wdn"]
  }
}
