import Upscale

/// A model as options asked for it: chosen and loaded.
struct RequestedModel {
  let model: Model
  /// What it is called in reports.
  let name: String
  private let reference: ModelReference
  private let library: ModelLibrary

  /// What `--model` takes for the cheapest model that serves.
  static let automatic = "auto"

  init(_ text: String, library: ModelLibrary) throws(UpscaleError) {
    reference = ModelReference(text)
    self.library = library
    name = text
    model = try reference.load(from: library)
  }

  /// The cheapest model that reaches a scale.
  init(_ choice: ModelLibrary.Choice, library: ModelLibrary) {
    reference = ModelReference(choice.summary.name)
    self.library = library
    name = choice.summary.name
    model = choice.model
  }

  /// What tells the weights from all others.
  func digest() throws(UpscaleError) -> String { try reference.digest(in: library) }
}
