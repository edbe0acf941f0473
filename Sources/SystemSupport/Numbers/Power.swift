import Glibc

/// `base` to the power of `exponent`.
package func raised(_ base: Double, to exponent: Double) -> Double { pow(base, exponent) }
