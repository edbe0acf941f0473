/// Where the alpha of a network's result comes from.
enum AlphaSource: Hashable {
  /// There is none.
  case none
  /// The resampler.
  case resampled
  /// An application of the network to alpha alone.
  case network
  /// The network, which takes and makes four channels.
  case fourthChannel
}
