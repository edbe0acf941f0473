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

  /// - Parameter range: what the number may be.
  /// - Returns: a reader of numbers.
  static func real(_ range: ClosedRange<Double>) -> @Sendable (String) throws -> Double {
    { text in
      guard let value = DecimalNumber.real(text), range.contains(value) else {
        throw ValidationError(
          "it must be a number from \(DecimalNumber.text(range.lowerBound)) to "
            + "\(DecimalNumber.text(range.upperBound)), such as 2.5")
      }
      return value
    }
  }

  /// Reads the size of a result.
  ///
  /// - Parameter text: such as 1920x1080 or x1080>.
  /// - Returns: the size.
  /// - Throws: `ValidationError` for anything else.
  @Sendable static func targetSize(_ text: String) throws -> TargetSize {
    guard let size = TargetSize(text) else {
      throw ValidationError(
        "it must be WxH, Wx or xH with sides from 1 to \(TargetSize.longestSide), such as 1920x1080, and may end "
          + "in >, < or (with both sides) !")
    }
    return size
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
