extension Upscaler {
  /// The size that `upscale` gives a picture; without `scale`, by the model's own factor.
  public func outputSize(width: Int, height: Int, scale: Double? = nil) -> (
    width: Int, height: Int
  ) {
    func side(_ length: Int) -> Int {
      guard let scale else { return length * self.scale }
      return max(1, Int((Double(length) * scale).rounded()))
    }
    return (side(width), side(height))
  }

  /// The size that a picture gets by a wish for it.
  ///
  /// - Parameters:
  ///   - width: columns of the picture, upright.
  ///   - height: its rows.
  ///   - scale: the factor; nil for the model's own.
  ///   - target: what goes before the factor; nil for none.
  /// - Returns: columns and rows of the result.
  public func outputSize(
    width: Int, height: Int, scale: Double?, target: TargetSize?
  ) -> (width: Int, height: Int) {
    target?.size(width: width, height: height)
      ?? outputSize(width: width, height: height, scale: scale)
  }

  /// Whether a result takes the network, or is made by resampling alone.
  ///
  /// A network that enlarges has nothing to add to a result that is not larger than the picture: what it
  /// invents is averaged away. Resampling alone is closer to the picture, at a thousandth of the time. Networks
  /// of factor 1 restore; so does any network at a factor of 1 that was asked for: they are applied.
  ///
  /// - Parameters:
  ///   - width: columns of the picture, upright.
  ///   - height: its rows.
  ///   - scale: the factor that is asked for; nil for the model's own.
  ///   - target: what goes before the factor; nil for none.
  /// - Returns: false where the network is not applied.
  package func usesNetwork(
    width: Int, height: Int, scale: Double?, target: TargetSize?
  ) -> Bool {
    guard strength > 0 else { return false }
    guard self.scale > 1 else { return true }
    let size = outputSize(width: width, height: height, scale: scale, target: target)
    if size.width > width || size.height > height { return true }
    return target == nil && (scale ?? 1) >= 1
  }
}
