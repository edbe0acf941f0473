import SystemSupport

/// The curve by which samples count, depending on their distance.
package enum ResamplingKernel {
  /// Lanczos with three lobes: of the common windowed sincs the one that keeps most detail without visible
  /// ringing, and the one with which the reference scripts of Real-ESRGAN reach factors that the network does
  /// not have.
  case lanczos
  /// That of Keys with a = -0.5, as viewers enlarge.
  case cubic

  /// The distance from which on samples do not count.
  var radius: Double { self == .lanczos ? 3 : 2 }

  /// The weight of a sample at a distance.
  func weight(at x: Double) -> Double {
    switch self {
    case .lanczos: Self.lanczos(x)
    case .cubic: Self.cubic(abs(x))
    }
  }

  private static func lanczos(_ x: Double) -> Double {
    guard abs(x) < 3 else { return 0 }
    guard abs(x) > 1e-9 else { return 1 }
    let angle = Double.pi * x
    return 3 * sine(angle) * sine(angle / 3) / (angle * angle)
  }

  private static func cubic(_ x: Double) -> Double {
    if x < 1 { return (1.5 * x - 2.5) * x * x + 1 }
    return x < 2 ? ((-0.5 * x + 2.5) * x - 4) * x + 2 : 0
  }
}
