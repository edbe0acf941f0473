/// What follows the convolutions of an SRVGGNetCompact.
public enum CompactActivation: String, Sendable, Hashable, CaseIterable {
  /// With a trained slope for each channel.
  case pReLU = "prelu"
  case reLU = "relu"
  /// With a slope of 0.1.
  case leakyReLU = "leakyrelu"

  /// The slope where it is not trained.
  var slope: Float? {
    switch self {
    case .pReLU: nil
    case .reLU: 0
    case .leakyReLU: 0.1
    }
  }
}
