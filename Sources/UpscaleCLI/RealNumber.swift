import ArgumentParser
import Upscale

/// A number as somebody wrote it; see `WholeNumber`.
struct RealNumber: ExpressibleByArgument {
  let text: String

  init(argument: String) { text = argument }

  /// nil for what is no number in decimal digits.
  var value: Double? { DecimalNumber.real(text) }

  /// - Parameter option: whose value it is.
  /// - Throws: `.usage` for what is no number from 0 to 1.
  func checkShare(_ option: String) throws(UpscaleError) {
    guard let value, value <= 1 else {
      throw UpscaleError(
        .usage, "\(option) must be a number from 0 to 1, such as 0.5, not '\(text)'")
    }
  }
}
