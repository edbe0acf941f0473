/// What follows the convolutions of an SRVGGNetCompact.
public enum CompactActivation: String, Sendable, Hashable, CaseIterable {
  /// PReLU: negative values times a trained slope, one for each channel.
  case pReLU = "prelu"
  /// ReLU: negative values become 0.
  case reLU = "relu"
  /// LeakyReLU: negative values times 0.1.
  case leakyReLU = "leakyrelu"

  /// The slope of negative values where it is fixed; nil for PReLU.
  var slope: Float? {
    switch self {
    case .pReLU: nil
    case .reLU: 0
    case .leakyReLU: 0.1
    }
  }
}
