import SystemSupport

/// What a list says of a model: read from its file without a look at the numbers.
public struct ModelSummary: Sendable {
  /// What it is asked for by.
  public let name: String
  /// Its network and hyper-parameters.
  public let architecture: Architecture
  /// The file, as `BytePath.encoded` has it.
  public let path: String
  /// Bytes of the file; of both files of an ncnn model.
  public let byteCount: Int
  /// What the catalogue says; nil for a file of the user's.
  public let entry: ModelCatalog.Entry?
  /// The file that this is by its digest, if its makers published it.
  public let known: KnownWeights?

  /// The licence of the weights, by its SPDX name, as far as it is known.
  public var licence: String? { entry?.licence ?? known?.licence }

  /// - Throws: as `Model.examine`.
  init(
    _ file: String, name: String, entry: ModelCatalog.Entry? = nil
  ) throws(UpscaleError) {
    architecture = try Model.examine(path: file).architecture
    self.name = name
    path = file
    self.entry = entry
    byteCount = ModelReference.files(of: file).reduce(0) {
      $0 + (BytePath($1).status()?.size ?? 0)
    }
    known =
      entry == nil
      ? try KnownWeights.find(byteCount: byteCount) { () throws(UpscaleError) in
        try WeightFile(path: file).hexDigest()
      } : nil
  }
}
