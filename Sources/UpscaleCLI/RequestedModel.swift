import ArgumentParser
import Upscale

/// A model as options asked for it: chosen, blended and loaded.
struct RequestedModel {
  let model: Model
  /// What it is called in reports.
  let name: String
  private let reference: ModelReference
  private let library: ModelLibrary
  private let other: (reference: ModelReference, share: Double)?

  /// What `--model` takes for the cheapest model that serves.
  static let automatic = "auto"

  /// Refuses the choice to commands that have no scale to choose by.
  ///
  /// - Parameter text: what `--model` says.
  /// - Throws: `ValidationError`.
  static func validateIsNamed(_ text: String) throws {
    guard text != automatic else {
      throw ValidationError(
        "--model auto chooses by the --scale of 'upscale image' and 'upscale batch': name a model here"
      )
    }
  }

  /// - Parameters:
  ///   - text: what `--model` says.
  ///   - use: says what is blended into it.
  ///   - library: where names are looked for.
  /// - Throws: `.badModel`, and what reading throws.
  init(
    _ text: String, used use: NetworkUseOptions?, library: ModelLibrary
  ) throws(UpscaleError) {
    reference = ModelReference(text)
    self.library = library
    let model = try reference.load(from: library)
    guard let other = try use?.blended(into: reference, library: library) else {
      (self.model, name, self.other) = (model, text, nil)
      return
    }
    self.other = other
    self.model = try model.blended(with: other.reference.load(from: library), share: other.share)
    let share = DecimalNumber.text(other.share)
    name = "\(text) with \(share) of \(other.reference.text)"
  }

  /// The cheapest model that reaches a scale.
  init(_ choice: ModelLibrary.Choice, library: ModelLibrary) {
    reference = ModelReference(choice.summary.name)
    self.library = library
    name = choice.summary.name
    model = choice.model
    other = nil
  }

  /// What tells the weights from all others.
  ///
  /// - Returns: digests of files, and how they are blended.
  /// - Throws: what reading throws.
  func digest() throws(UpscaleError) -> String {
    let digest = try reference.digest(in: library)
    guard let other else { return digest }
    return try "\(digest)+\(DecimalNumber.text(other.share))*\(other.reference.digest(in: library))"
  }

  /// What outputs say of the model.
  ///
  /// - Parameter digest: what `digest()` gave, for which weight files are read.
  /// - Returns: the model with its name and digest.
  func provenance(digest: String) -> Provenance {
    var model = reference.plainName
    if let other {
      model += " with \(DecimalNumber.text(other.share)) of \(other.reference.plainName)"
    }
    return Provenance(model: visible(model), digest: digest)
  }
}
