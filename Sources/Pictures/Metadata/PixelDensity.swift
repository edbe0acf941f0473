/// How many pixels of a picture a length on paper has, in the unit in which its file says it.
package struct PixelDensity: Sendable, Equatable {
  /// What the pixels are counted in.
  package enum Unit: Sendable {
    case inch, centimetre, meter

    /// How many of these an inch has.
    fileprivate var perInch: Double {
      switch self {
      case .inch: 1
      case .centimetre: 2.54
      case .meter: 0.0254
      }
    }
  }

  package let x: Double
  package let y: Double
  package let unit: Unit

  /// - Returns: nil for what is no density.
  package init?(x: Double, y: Double, unit: Unit) {
    guard x > 0, y > 0, x <= 1e9, y <= 1e9 else { return nil }
    (self.x, self.y, self.unit) = (x, y, unit)
  }

  /// Dots per inch.
  package var dotsPerInch: (x: Double, y: Double) { (inches(x), inches(y)) }

  private func inches(_ value: Double) -> Double {
    // A PNG says whole pixels a meter: 300 dots per inch are 11811, which is 299.9994.
    let exact = value * unit.perInch
    let whole = exact.rounded()
    return abs(exact - whole) < 0.0002 * whole ? whole : exact
  }

  /// JFIF's unit and numbers; nil where they are out of its range.
  var jfif: (unit: Int32, x: UInt16, y: UInt16)? {
    let isMetric = unit == .centimetre && x == x.rounded() && y == y.rounded()
    let (across, down) = isMetric ? (x, y) : (dotsPerInch.x.rounded(), dotsPerInch.y.rounded())
    guard let x = UInt16(exactly: across), let y = UInt16(exactly: down), x > 0, y > 0 else {
      return nil
    }
    return (isMetric ? 2 : 1, x, y)
  }

  /// The contents of a PNG's pHYs chunk; nil where a number is out of its range.
  var physicalDimensions: [UInt8]? {
    func perMeter(_ value: Double) -> UInt32? {
      UInt32(exactly: (value * unit.perInch / Unit.meter.perInch).rounded()).flatMap {
        (1...0x7FFF_FFFF).contains($0) ? $0 : nil
      }
    }
    guard let x = perMeter(x), let y = perMeter(y) else { return nil }
    return x.bigEndianBytes + y.bigEndianBytes + [1]
  }

  /// EXIF's unit, and its fractions as numerator and denominator.
  var exif: (unit: Int32, x: (UInt32, UInt32), y: (UInt32, UInt32)) {
    func fraction(_ value: Double) -> (UInt32, UInt32) {
      if let whole = UInt32(exactly: value), whole > 0 { return (whole, 1) }
      return (UInt32(clamping: Int((value * 1000).rounded())), 1000)
    }
    guard unit != .centimetre else { return (3, fraction(x), fraction(y)) }
    return (2, fraction(dotsPerInch.x), fraction(dotsPerInch.y))
  }
}

extension UInt32 {
  /// Most significant first.
  var bigEndianBytes: [UInt8] {
    [UInt8(truncatingIfNeeded: self >> 24), UInt8(truncatingIfNeeded: self >> 16)]
      + [UInt8(truncatingIfNeeded: self >> 8), UInt8(truncatingIfNeeded: self)]
  }
}
