/// The primaries of a colour space, as CIE XYZ under D50.
struct Colorants {
  let red: SIMD3<Double>
  let green: SIMD3<Double>
  let blue: SIMD3<Double>
  /// The rows of the matrix that adapts from the space's own white to D50.
  let adaptation: [SIMD3<Double>]

  /// D50 as profiles have it.
  static let d50 = SIMD3(0.9642, 1, 0.8249)

  /// Bradford's matrix, by rows.
  private static let bradford = [
    SIMD3(0.8951, 0.2664, -0.1614), SIMD3(-0.7502, 1.7135, 0.0367), SIMD3(0.0389, -0.0685, 1.0296),
  ]

  init?(_ points: Chromaticities) {
    for point in [points.white, points.red, points.green, points.blue] where point.y < 1e-4 {
      return nil
    }
    let primaries = Self.columns(points.red.light, points.green.light, points.blue.light)
    let white = points.white.light
    guard let fromWhite = Self.inverse(primaries),
      let fromCones = Self.inverse(Self.bradford)
    else { return nil }
    let luminances = Self.product(fromWhite, white)
    let cones = Self.product(Self.bradford, Self.d50) / Self.product(Self.bradford, white)
    let scaled = Self.bradford.enumerated().map { $1 * cones[$0] }
    adaptation = Self.product(fromCones, scaled)
    red = Self.product(adaptation, points.red.light * luminances.x)
    green = Self.product(adaptation, points.green.light * luminances.y)
    blue = Self.product(adaptation, points.blue.light * luminances.z)
    // What a profile's numbers cannot hold is no colour space of a picture.
    for value in [red, green, blue] + adaptation
    where !(value.min() > -16 && value.max() < 16) { return nil }
  }

  private static func columns(
    _ first: SIMD3<Double>, _ second: SIMD3<Double>, _ third: SIMD3<Double>
  ) -> [SIMD3<Double>] {
    (0..<3).map { SIMD3(first[$0], second[$0], third[$0]) }
  }

  private static func product(
    _ matrix: [SIMD3<Double>], _ vector: SIMD3<Double>
  ) -> SIMD3<Double> {
    SIMD3(
      (matrix[0] * vector).sum(), (matrix[1] * vector).sum(), (matrix[2] * vector).sum())
  }

  private static func product(
    _ left: [SIMD3<Double>], _ right: [SIMD3<Double>]
  ) -> [SIMD3<Double>] {
    left.map { row in right[0] * row.x + right[1] * row.y + right[2] * row.z }
  }

  /// By the adjugate; nil where the columns nearly lie in one plane.
  private static func inverse(_ m: [SIMD3<Double>]) -> [SIMD3<Double>]? {
    func minor(_ row: Int, _ column: Int) -> Double {
      let (a, b) = ((row + 1) % 3, (row + 2) % 3)
      let (c, d) = ((column + 1) % 3, (column + 2) % 3)
      return m[a][c] * m[b][d] - m[a][d] * m[b][c]
    }
    let determinant = (0..<3).reduce(0) { $0 + m[0][$1] * minor(0, $1) }
    guard determinant.isFinite, determinant.magnitude > 1e-6 else { return nil }
    return (0..<3).map { row in
      SIMD3(minor(0, row), minor(1, row), minor(2, row)) / determinant
    }
  }
}
