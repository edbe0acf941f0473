import SystemSupport

/// How much light a sample stands for, both 0…1.
///
/// The curve is `(scale * x + offset) ^ exponent` from `start` on, and `slope * x` below: the parametric curve
/// of type 3 of ICC profiles. A plain power has no straight part.
package struct TransferFunction: Sendable, Hashable {
  var exponent: Double
  var scale = 1.0
  var offset = 0.0
  var slope = 0.0
  var start = 0.0

  /// Whether there is no straight part.
  var isPower: Bool { start == 0 && scale == 1 && offset == 0 }
  /// Whether samples are proportional to light, or nearly so.
  var isLinear: Bool { isPower && exponent > 0.8 && exponent < 1.25 }

  /// A plain power.
  static func power(_ exponent: Double) -> TransferFunction { TransferFunction(exponent: exponent) }

  /// IEC 61966-2-1.
  static let srgb = TransferFunction(
    exponent: 2.4, scale: 1 / 1.055, offset: 0.055 / 1.055, slope: 1 / 12.92, start: 0.04045)

  /// BT.709, BT.601 and BT.2020.
  static let bt709 = TransferFunction(
    exponent: 1 / 0.45, scale: 1 / 1.099, offset: 0.099 / 1.099, slope: 1 / 4.5, start: 0.081)

  /// SMPTE 240M.
  static let smpte240 = TransferFunction(
    exponent: 1 / 0.45, scale: 1 / 1.1115, offset: 0.1115 / 1.1115, slope: 1 / 4, start: 0.0912)
}

extension TransferFunction {
  func light(ofSample sample: Double) -> Double {
    sample < start ? slope * sample : raised(max(0, scale * sample + offset), to: exponent)
  }

  func sample(ofLight light: Double) -> Double {
    light < slope * start ? light / slope : (raised(light, to: 1 / exponent) - offset) / scale
  }
}
