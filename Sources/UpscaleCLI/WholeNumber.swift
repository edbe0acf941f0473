import ArgumentParser
import Upscale

/// A whole number as a user wrote it: it is parsed here, so that errors have the command's own messages.
struct WholeNumber: ExpressibleByArgument, ExpressibleByIntegerLiteral {
  let text: String

  init(argument: String) { text = argument }

  init(integerLiteral value: Int) { text = "\(value)" }

  init(_ value: Int) { text = "\(value)" }

  var defaultValueDescription: String { text }

  /// nil for what is no whole number in decimal digits.
  var value: Int? { DecimalNumber.whole(text) }

  /// - Parameters:
  ///   - option: whose value it is.
  ///   - range: what it may be.
  /// - Returns: the number.
  /// - Throws: `.usage` for any other.
  @discardableResult
  func check(_ option: String, in range: ClosedRange<Int>) throws(UpscaleError) -> Int {
    guard let value, range.contains(value) else {
      let wanted =
        range.upperBound == .max
        ? "a whole number of at least \(range.lowerBound)"
        : "a whole number from \(range.lowerBound) to \(range.upperBound)"
      throw UpscaleError(.usage, "\(option) must be \(wanted), not '\(text)'")
    }
    return value
  }
}
