/// What is made of a picture's transparency.
public enum AlphaTreatment: String, Sendable, CaseIterable, Codable {
  /// Masks with hard edges go through the network, soft ones through the resampler.
  case automatic = "auto"
  /// Alpha goes through the network, by itself.
  case network
  /// Alpha is resampled.
  case resample
  /// The result has no alpha; colours are taken as they are stored, invisible ones too.
  case drop
}
