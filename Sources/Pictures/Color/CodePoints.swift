/// A colour space by the numbers of ITU-T H.273, as PNG's cICP has it.
package struct CodePoints: Sendable, Hashable {
  package var primaries: Int
  package var transfer: Int
  /// Whether samples use their whole range, and not the narrow one of video.
  package var isFullRange: Bool

  package init(primaries: Int, transfer: Int, isFullRange: Bool = true) {
    self.primaries = primaries
    self.transfer = transfer
    self.isFullRange = isFullRange
  }

  /// The name of a transfer function of high dynamic range, whose light exceeds that of white paper.
  package var highDynamicRange: String? {
    switch transfer {
    case 16: "PQ"
    case 18: "HLG"
    default: nil
    }
  }

  /// The transfer function, where a profile can express it.
  var transferFunction: TransferFunction? {
    switch transfer {
    case 1, 6, 11, 12, 14, 15: .bt709
    case 4: .power(2.2)
    case 5: .power(2.8)
    case 7: .smpte240
    case 8: .power(1)
    case 13: .srgb
    default: nil
    }
  }

  var chromaticities: Chromaticities? {
    func points(
      _ red: (Double, Double), _ green: (Double, Double), _ blue: (Double, Double),
      _ white: (Double, Double) = (Chromaticities.d65.x, Chromaticities.d65.y)
    ) -> Chromaticities {
      Chromaticities(
        white: .init(white.0, white.1), red: .init(red.0, red.1), green: .init(green.0, green.1),
        blue: .init(blue.0, blue.1))
    }
    let illuminantC = (0.310, 0.316)
    switch primaries {
    case 1: return .srgb
    case 4: return points((0.67, 0.33), (0.21, 0.71), (0.14, 0.08), illuminantC)
    case 5: return points((0.64, 0.33), (0.29, 0.60), (0.15, 0.06))
    case 6, 7: return points((0.630, 0.340), (0.310, 0.595), (0.155, 0.070))
    case 8: return points((0.681, 0.319), (0.243, 0.692), (0.145, 0.049), illuminantC)
    case 9: return points((0.708, 0.292), (0.170, 0.797), (0.131, 0.046))
    case 11: return points((0.680, 0.320), (0.265, 0.690), (0.150, 0.060), (0.314, 0.351))
    case 12: return points((0.680, 0.320), (0.265, 0.690), (0.150, 0.060))
    case 22: return points((0.630, 0.340), (0.295, 0.605), (0.155, 0.077))
    default: return nil
    }
  }

  /// Names that people know.
  var name: String {
    switch (primaries, transfer) {
    case (1, 13): "sRGB"
    case (12, 13): "Display P3"
    case (1, 1): "BT.709"
    case (9, 1), (9, 14), (9, 15): "BT.2020"
    default: "H.273 \(primaries)/\(transfer)"
    }
  }
}
