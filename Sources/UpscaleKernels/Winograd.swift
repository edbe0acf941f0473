/// Winograd's minimal filtering F(4x4, 3x3): a 4x4 tile of outputs from a 6x6 window of inputs with
/// 36 products a channel instead of 144.
///
///     Y = Aᵀ [ Σ_channels (G g Gᵀ) ⊙ (Bᵀ d B) ] A
///
/// The 36 positions are independent matrix products over channels. Points 0, ±5/8, ±3/2 and ∞:
/// rounding errors through a whole network are 2 to 3 times smaller than with 0, ±1, ±2 and ∞, at
/// the same cost. Matrices after Cook and Toom's construction (see Barabasz et al., "Error
/// analysis and improving the accuracy of Winograd convolution", 2020); a test checks them in
/// Double against the definition.
///
/// Names: `tile` is 4x4 outputs, `position` one of the 36 (row * 6 + column) of a window.
public enum Winograd {
  /// Outputs on a tile's side.
  public static let tileSide = 4
  /// Positions of a transformed window.
  public static let positions = 36

  @_alwaysEmitIntoClient @inline(__always) static var a: Float { 0.625 }
  @_alwaysEmitIntoClient @inline(__always) static var b: Float { 1.5 }
}

/// Six vectors along one side of a window.
@usableFromInline typealias Six<V> = (V, V, V, V, V, V)
/// Half of them.
public typealias Three<V> = (V, V, V)

extension KernelLevel {
  /// `scalar * b + c`.
  @_alwaysEmitIntoClient @inline(__always)
  static func add(_ scalar: Float, _ b: Vector, _ c: Vector) -> Vector {
    multiplyAdd(Vector(repeating: scalar), b, c)
  }

  /// Rows 0–2 of Bᵀ times a window's line.
  @_alwaysEmitIntoClient @inline(__always)
  static func inputLow(_ d: Six<Vector>) -> Three<Vector> {
    let (a, b) = (Winograd.a, Winograd.b)
    let even = add(-b * b, d.2, d.4)
    let odd = add(-b * b, d.1, d.3)
    return (
      add(a * a * b * b, d.0, add(-(a * a + b * b), d.2, d.4)), add(a, odd, even),
      add(-a, odd, even)
    )
  }

  /// Rows 3–5 of Bᵀ times a window's line.
  @_alwaysEmitIntoClient @inline(__always)
  static func inputHigh(_ d: Six<Vector>) -> Three<Vector> {
    let (a, b) = (Winograd.a, Winograd.b)
    let even = add(-a * a, d.2, d.4)
    let odd = add(-a * a, d.1, d.3)
    return (
      add(b, odd, even), add(-b, odd, even),
      add(a * a * b * b, d.1, add(-(a * a + b * b), d.3, d.5))
    )
  }

  /// Aᵀ times six products.
  @_alwaysEmitIntoClient @inline(__always)
  static func output(_ m: Six<Vector>) -> (Vector, Vector, Vector, Vector) {
    let (a, b) = (Winograd.a, Winograd.b)
    let (p, q) = (m.1 + m.2, m.1 - m.2)
    let (t, u) = (m.3 + m.4, m.3 - m.4)
    return (
      m.0 + p + t,
      add(a, q, Vector(repeating: b) * u),
      add(a * a, p, Vector(repeating: b * b) * t),
      add(a * a * a, q, add(b * b * b, u, m.5))
    )
  }

  /// G times three weights.
  @_alwaysEmitIntoClient @inline(__always)
  static func weights(_ g: Three<Vector>) -> Six<Vector> {
    let (a, b) = (Winograd.a, Winograd.b)
    let scaleA = 1 / (2 * a * a * (a * a - b * b))
    let scaleB = 1 / (2 * b * b * (b * b - a * a))
    let evenA = Vector(repeating: scaleA) * add(a * a, g.2, g.0)
    let evenB = Vector(repeating: scaleB) * add(b * b, g.2, g.0)
    let oddA = Vector(repeating: scaleA * a) * g.1
    let oddB = Vector(repeating: scaleB * b) * g.1
    return (
      Vector(repeating: 1 / (a * a * b * b)) * g.0,
      evenA + oddA, evenA - oddA, evenB + oddB, evenB - oddB, g.2
    )
  }
}
