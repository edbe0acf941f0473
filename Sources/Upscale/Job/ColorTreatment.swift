/// What is made of a picture's colours beside enlarging them.
public struct ColorTreatment: Sendable, Hashable {
  /// Whether they are converted to sRGB; otherwise they are kept with what the file says of them.
  public var convertsToSRGB: Bool
  /// Whether what the network changes over wide areas is undone.
  public var fixesColors: Bool

  /// The wishes for colours.
  ///
  /// - Parameters:
  ///   - convertsToSRGB: see the property.
  ///   - fixesColors: see the property.
  public init(convertsToSRGB: Bool = false, fixesColors: Bool = false) {
    self.convertsToSRGB = convertsToSRGB
    self.fixesColors = fixesColors
  }
}
