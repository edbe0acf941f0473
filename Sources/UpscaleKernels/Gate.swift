/// A function that replaces activation and residuals, and multiplies a layer's sums by a function of
/// themselves.
@frozen public enum Gate: Sendable {
  case none
  /// The sigmoid of the sum: `x * sigmoid(x)`, SiLU.
  case swish
  /// SPAN's parameter-free attention: `(x + residual) * (sigmoid(x) - 0.5)`.
  case attention
}

extension KernelLevel {
  /// `x * sigmoid(x)`.
  @_alwaysEmitIntoClient @inline(__always)
  static func swish(_ value: Vector) -> Vector {
    let power = negativeExponential(value)
    let sign = unsafeBitCast(value, to: Bits.self) &>> 31
    // The sigmoid of a positive sum is 1 / (1 + e^-x), that of a negative one e^x / (1 + e^x).
    let one = unsafeBitCast(Vector(repeating: 1), to: Bits.self)
    let top = unsafeBitCast(
      (unsafeBitCast(power, to: Bits.self) & sign) | (one & ~sign), to: Vector.self)
    return value * top / (Vector(repeating: 1) + power)
  }

  /// `sigmoid(x) - 0.5`.
  @_alwaysEmitIntoClient @inline(__always)
  static func attention(_ value: Vector) -> Vector {
    let one = Vector(repeating: 1)
    let power = negativeExponential(value)
    let half = Vector(repeating: 0.5) * (one - power) / (one + power)
    // The function is odd, so the result has the sign of the sum.
    let sign = unsafeBitCast(value, to: Bits.self) & Bits(repeating: Int32.min)
    return unsafeBitCast(unsafeBitCast(half, to: Bits.self) | sign, to: Vector.self)
  }

  /// e^-|x| with a relative error of at most 2e-7. Arguments beyond 87 give e^-87, since smaller results
  /// would not be normal numbers.
  ///
  /// It is the product of a power of two, made of the exponent's bits, and the series of e^r for the
  /// rest r. The first term that is left out is 5e-9 of the sum.
  @_alwaysEmitIntoClient @inline(__always)
  static func negativeExponential(_ value: Vector) -> Vector {
    // The minimum is taken of integers, since Swift makes masks of comparisons lane by lane here. The bits
    // of magnitudes have the order of the magnitudes, and a difference's sign bit gives a mask.
    let limit = unsafeBitCast(Vector(repeating: 87), to: Bits.self)
    let bits = unsafeBitCast(value, to: Bits.self) & Bits(repeating: Int32.max)
    let isBelow = (bits &- limit) &>> 31
    let magnitude = unsafeBitCast((bits & isBelow) | (limit & ~isBelow), to: Vector.self)
    // Adding 1.5 * 2^23 rounds to a whole number, which is then in the low bits of the float.
    let rounder = Vector(repeating: 12_582_912)
    let shifted = multiplyAdd(magnitude, Vector(repeating: -1.442_695_04), rounder)
    let exponent = unsafeBitCast(shifted, to: Bits.self) &- unsafeBitCast(rounder, to: Bits.self)
    let whole = shifted - rounder
    // ln 2 in two parts, the first of which has few enough bits for an exact product.
    let r = multiplyAdd(
      whole, Vector(repeating: -1.428_606_765_330_187e-6),
      multiplyAdd(whole, Vector(repeating: -0.693_145_751_953_125), -magnitude))
    var sum = add(1.0 / 5040, r, Vector(repeating: 1.0 / 720))
    sum = multiplyAdd(sum, r, Vector(repeating: 1.0 / 120))
    sum = multiplyAdd(sum, r, Vector(repeating: 1.0 / 24))
    sum = multiplyAdd(sum, r, Vector(repeating: 1.0 / 6))
    sum = multiplyAdd(sum, r, Vector(repeating: 0.5))
    sum = multiplyAdd(sum, r, Vector(repeating: 1))
    sum = multiplyAdd(sum, r, Vector(repeating: 1))
    return unsafeBitCast(unsafeBitCast(sum, to: Bits.self) &+ (exponent &<< 23), to: Vector.self)
  }
}
