import ArgumentParser
import Upscale

/// A number as a user wrote it; see `WholeNumber`.
struct RealNumber: ExpressibleByArgument {
  let text: String

  init(argument: String) { text = argument }

  /// nil for what is no number in decimal digits.
  var value: Double? { DecimalNumber.real(text) }
}
