import ArgumentParser
import Upscale

/// Readers of option values, for `transform`: each takes decimal digits only, and says what it wants.
enum OptionValue {
  /// - Parameter range: what the number may be.
  /// - Returns: a reader of whole numbers.
  static func whole(_ range: ClosedRange<Int>) -> @Sendable (String) throws -> Int {
    { text in
      guard let value = DecimalNumber.whole(text), range.contains(value) else {
        throw ValidationError(
          range.upperBound == .max
            ? "it must be a whole number of at least \(range.lowerBound)"
            : "it must be a whole number from \(range.lowerBound) to \(range.upperBound)")
      }
      return value
    }
  }

  /// - Parameter greatest: the largest number allowed; all must be above 0.
  /// - Returns: a reader of numbers.
  static func real(upTo greatest: Double) -> @Sendable (String) throws -> Double {
    { text in
      guard let value = DecimalNumber.real(text), value > 0, value <= greatest else {
        throw ValidationError(
          "it must be a number above 0 and up to \(fixed(greatest, digits: 0)), such as 2.5")
      }
      return value
    }
  }

  /// Reads a share of a whole.
  ///
  /// - Parameter text: a number from 0 to 1.
  /// - Returns: the number.
  /// - Throws: `ValidationError` for anything else.
  @Sendable static func share(_ text: String) throws -> Double {
    guard let share = DecimalNumber.real(text), (0...1).contains(share) else {
      throw ValidationError("it must be a number from 0 to 1, such as 0.5")
    }
    return share
  }

  /// Reads a size in bytes.
  ///
  /// - Parameter text: such as 800M.
  /// - Returns: bytes.
  /// - Throws: `ValidationError` for anything else.
  @Sendable static func byteCount(_ text: String) throws -> Int {
    guard let bytes = MemoryBudget.parse(text) else {
      throw ValidationError("it must be a size such as 800M or 2GiB")
    }
    return bytes
  }
}
