/// How exactly a network is computed.
public enum Precision: String, Sendable, CaseIterable {
  /// Floats of 32 bits: equal to the reference network but for rounding.
  case exact
  /// The products of the Winograd convolutions in integers of 16 bits, with scales taken from the
  /// values as they come: about two thirds of the time, at most one 8-bit level away (70 dB and more).
  case fast
}
