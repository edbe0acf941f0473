/// What a network is, as read from the names and shapes of its tensors.
public enum Architecture: Sendable, Hashable {
  case rrdbNet(RRDBNetShape)
  case srvggNetCompact(SRVGGNetCompactShape)

  /// The factor between input and output sides.
  public var scale: Int {
    switch self {
    case .rrdbNet(let shape): shape.scale
    case .srvggNetCompact(let shape): shape.scale
    }
  }
}

/// The hyper-parameters of an RRDBNet (ESRGAN, Real-ESRGAN).
public struct RRDBNetShape: Sendable, Hashable {
  /// Channels of the picture that goes in, before pixel-unshuffle (3 for RGB).
  public let inputChannels: Int
  public let outputChannels: Int
  /// `nf`: channels of the trunk.
  public let features: Int
  /// `gc`: channels that each convolution of a dense block adds.
  public let growth: Int
  /// `nb`: residual-in-residual dense blocks.
  public let blocks: Int
  /// Nearest-2x stages in the tail: 2 for x4 and for the unshuffled x2 and x1, 3 for x8.
  public let upsamplings: Int
  /// Pixel-unshuffle factor before the first convolution: 1 (none), 2 or 4.
  public let unshuffle: Int

  public var scale: Int { (1 << upsamplings) / unshuffle }

  public init(
    inputChannels: Int, outputChannels: Int, features: Int, growth: Int, blocks: Int,
    upsamplings: Int, unshuffle: Int
  ) {
    self.inputChannels = inputChannels
    self.outputChannels = outputChannels
    self.features = features
    self.growth = growth
    self.blocks = blocks
    self.upsamplings = upsamplings
    self.unshuffle = unshuffle
  }
}

/// The hyper-parameters of an SRVGGNetCompact (realesr-animevideov3, realesr-general-x4v3).
public struct SRVGGNetCompactShape: Sendable, Hashable {
  public let inputChannels: Int
  public let outputChannels: Int
  /// `num_feat`.
  public let features: Int
  /// `num_conv`: convolutions between the first and the last.
  public let convolutions: Int
  public let scale: Int

  public init(
    inputChannels: Int, outputChannels: Int, features: Int, convolutions: Int, scale: Int
  ) {
    self.inputChannels = inputChannels
    self.outputChannels = outputChannels
    self.features = features
    self.convolutions = convolutions
    self.scale = scale
  }
}
