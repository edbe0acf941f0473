import Pictures
import SystemSupport

/// What an output says of the model that made it. With the settings of the job it becomes a record in the
/// file: the same bytes for the same input and settings, so without times and machines.
public struct Provenance: Sendable, Equatable {
  /// What the model is called, with what is blended into it.
  public var model: String
  /// The SHA-256 of the weights; of blended ones both, with their share.
  public var digest: String

  /// - Parameters:
  ///   - model: what the model is called.
  ///   - digest: the SHA-256 of the weights.
  public init(model: String, digest: String) {
    self.model = model
    self.digest = digest
  }

  /// The record of an output.
  ///
  /// - Parameters:
  ///   - upscaler: computes it.
  ///   - scale: the factor between the sides.
  ///   - usesNetwork: whether the network has a part in it; otherwise the model is not named.
  /// - Returns: what the file is to say.
  func record(_ upscaler: Upscaler, scale: Double, usesNetwork: Bool) -> MetadataRecord {
    let scale = (scale * 1e4).rounded() / 1e4
    var fields: [(name: String, value: JSON)] = [
      ("version", .string(upscaleVersion)), ("scale", .string(DecimalNumber.text(scale))),
    ]
    if usesNetwork {
      fields += [
        ("model", .string(model)), ("model_sha256", .string(digest)),
        ("precision", .string(upscaler.precision.rawValue)),
        ("strength", .string(DecimalNumber.text(upscaler.strength))),
        ("tta", .boolean(upscaler.usesSelfEnsemble)),
      ]
    } else {
      fields.append(("resampled", .boolean(true)))
    }
    return MetadataRecord(software: "upscale \(upscaleVersion)", fields: fields)
  }
}
