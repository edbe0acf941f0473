/// How many pixels of a picture a length on paper has, in the unit in which its file says it; or only the shape of
/// its pixels.
package struct PixelDensity: Sendable, Equatable {
  /// What the pixels are counted in.
  package enum Unit: Sendable {
    case inch, centimetre, meter
    /// A length that is not told: both numbers say how a pixel's height and width compare.
    case unknown

    /// How many of these an inch has.
    fileprivate var perInch: Double? {
      switch self {
      case .inch: 1
      case .centimetre: 2.54
      case .meter: 0.0254
      case .unknown: nil
      }
    }
  }

  package private(set) var x: Double
  package private(set) var y: Double
  package let unit: Unit

  /// - Returns: nil for what is no density, and for square pixels of no told size.
  package init?(x: Double, y: Double, unit: Unit) {
    guard x > 0, y > 0, x <= 1e9, y <= 1e9, unit != .unknown || x != y else { return nil }
    (self.x, self.y, self.unit) = (x, y, unit)
  }

  /// That of the picture turned by a quarter.
  var turned: PixelDensity {
    var other = self
    (other.x, other.y) = (y, x)
    return other
  }

  /// Dots per inch; nil where only the shape of pixels is known.
  package var dotsPerInch: (x: Double, y: Double)? {
    unit.perInch.map { (Self.inches(x, $0), Self.inches(y, $0)) }
  }

  private static func inches(_ value: Double, _ perInch: Double) -> Double {
    // A PNG says whole pixels a meter: 300 dots per inch are 11811, which is 299.9994.
    let exact = value * perInch
    let whole = exact.rounded()
    return abs(exact - whole) < 0.0002 * whole ? whole : exact
  }

  /// Both numbers as whole ones up to a limit, in the same proportion; nil where either would be 0.
  private func proportion(upTo limit: Double) -> (x: Double, y: Double)? {
    let isWhole = x == x.rounded() && y == y.rounded()
    let factor = min(isWhole ? 1 : 1000, limit / max(x, y))
    let result = ((x * factor).rounded(), (y * factor).rounded())
    return min(result.0, result.1) > 0 ? result : nil
  }

  /// JFIF's unit and numbers; nil where they are out of its range.
  var jfif: (unit: Int32, x: UInt16, y: UInt16)? {
    let isMetric = unit == .centimetre && x == x.rounded() && y == y.rounded()
    let inches = dotsPerInch.map { ($0.x.rounded(), $0.y.rounded()) }
    guard let (across, down) = isMetric ? (x, y) : inches ?? proportion(upTo: 65535),
      let x = UInt16(exactly: across), let y = UInt16(exactly: down), x > 0, y > 0
    else { return nil }
    return (isMetric ? 2 : unit == .unknown ? 0 : 1, x, y)
  }

  /// The contents of a PNG's pHYs chunk; nil where a number is out of its range.
  var physicalDimensions: [UInt8]? {
    func chunk(_ across: Double, _ down: Double, unit: UInt8) -> [UInt8]? {
      let range = 1...0x7FFF_FFFF as ClosedRange<UInt32>
      guard let x = UInt32(exactly: across), let y = UInt32(exactly: down), range.contains(x),
        range.contains(y)
      else { return nil }
      return x.bigEndianBytes + y.bigEndianBytes + [unit]
    }
    guard let perInch = unit.perInch, let meter = Unit.meter.perInch else {
      return proportion(upTo: 1e9).flatMap { chunk($0.x, $0.y, unit: 0) }
    }
    return chunk(
      (x * perInch / meter).rounded(), (y * perInch / meter).rounded(), unit: 1)
  }

  /// EXIF's unit, and its fractions as numerator and denominator.
  var exif: (unit: Int32, x: (UInt32, UInt32), y: (UInt32, UInt32)) {
    func fraction(_ value: Double) -> (UInt32, UInt32) {
      if let whole = UInt32(exactly: value), whole > 0 { return (whole, 1) }
      return (UInt32(clamping: Int((value * 1000).rounded())), 1000)
    }
    guard unit != .centimetre, let dotsPerInch else {
      return (unit == .centimetre ? 3 : 1, fraction(x), fraction(y))
    }
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
