import Glibc

/// The sine of an angle in radians.
package func sine(_ angle: Double) -> Double { sin(angle) }
