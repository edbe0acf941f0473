/// Where red, green, blue and white lie in the CIE 1931 diagram.
package struct Chromaticities: Sendable, Hashable {
  package struct Point: Sendable, Hashable {
    package var x: Double
    package var y: Double

    package init(_ x: Double, _ y: Double) { (self.x, self.y) = (x, y) }

    /// The light of this colour whose luminance is 1.
    var light: SIMD3<Double> { SIMD3(x / y, 1, (1 - x - y) / y) }
  }

  package var white: Point
  package var red: Point
  package var green: Point
  package var blue: Point

  package init(white: Point, red: Point, green: Point, blue: Point) {
    (self.white, self.red, self.green, self.blue) = (white, red, green, blue)
  }

  /// CIE D65.
  package static let d65 = Point(0.3127, 0.3290)

  /// Of sRGB and BT.709.
  package static let srgb = Chromaticities(
    white: d65, red: Point(0.64, 0.33), green: Point(0.30, 0.60), blue: Point(0.15, 0.06))

  /// What red, green, blue and white are under the light D50, in which profiles express colours; nil for
  /// chromaticities that do not span any colours.
  var colorants: Colorants? { Colorants(self) }
}
