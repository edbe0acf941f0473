/// A CPU level on which products of pairs of 16-bit integers are faster than products of floats.
public protocol IntegerLevel: KernelLevel {
  /// `sum + a.low * b.low + a.high * b.high` for the 16-bit halves of each lane, in 32 bits.
  static func dot(_ sum: Bits, _ a: Bits, _ b: Bits) -> Bits

  static func floats(_ bits: Bits) -> Vector

  static func larger(_ a: Bits, _ b: Bits) -> Bits

  /// `1 / sqrt(value)`, with a relative error of at most 1/2000.
  static func inverseRoot(_ value: Vector) -> Vector

  /// The squares of each of as many rows as the vector has lanes, in order.
  ///
  /// - Parameters:
  ///   - rows: rows of 32 floats.
  ///   - stride: floats from one row to the next.
  /// - Returns: a lane for each row.
  static func squares(_ rows: UnsafePointer<Float>, stride: Int) -> Squares<Vector>

  /// The same of four rows, in the first four lanes.
  static func squaresOfFour(_ rows: UnsafePointer<Float>, stride: Int) -> Squares<Vector>
}

/// Sums of the squares of some values.
@frozen public struct Squares<Vector> {
  /// Of all of them.
  public let whole: Vector
  /// The largest of the sums of parts of them: no square is larger.
  public let largestPart: Vector

  @_alwaysEmitIntoClient @inline(__always)
  public init(whole: Vector, largestPart: Vector) {
    self.whole = whole
    self.largestPart = largestPart
  }
}

/// The largest norms of a group's 32 integers. By Cauchy and Schwarz no sum of products can then
/// overflow: rounding may add 3 to a norm and `inverseRoot` a two-thousandth, and 38,025 * 56,335 is
/// less than 2^31. The weights' is the larger because their rounding costs more: a group's largest
/// input is mostly so large that it, and not the norm, is what limits the inputs.
@_alwaysEmitIntoClient @inline(__always) var inputNorm: Float { 38_000 }
@_alwaysEmitIntoClient @inline(__always) var weightNorm: Float { 56_300 }
/// The largest integer, with room for what `inverseRoot` and rounding may add.
@_alwaysEmitIntoClient @inline(__always) var integerLimit: Float { 32_750 }

extension IntegerLevel {
  /// The scale (the value of the integer 1) for which each of a group's integers fits in 16 bits and their
  /// norm is within its limit.
  @_alwaysEmitIntoClient @inline(__always)
  static func unit(_ squares: Squares<Vector>, norm: Float) -> Vector {
    let whole = squares.whole * Vector(repeating: 1 / (norm * norm))
    let part = squares.largestPart * Vector(repeating: 1 / (integerLimit * integerLimit))
    // Not zero: the inverse would be infinite.
    let square = larger(whole, part) + Vector(repeating: 1e-36)
    // An infinity or NaN among the values makes the scale NaN, so that the result shows it. Otherwise it
    // could be lost: as an integer a negative NaN is the smaller one, and NaN is rounded to 0.
    return multiplyAdd(whole, Vector(repeating: 0), square * inverseRoot(square))
  }

  /// The larger of two floats that are not negative, by the maximum of integers, which is faster.
  @_alwaysEmitIntoClient @inline(__always)
  public static func larger(_ a: Vector, _ b: Vector) -> Vector {
    unsafeBitCast(
      larger(unsafeBitCast(a, to: Bits.self), unsafeBitCast(b, to: Bits.self)), to: Vector.self)
  }

  /// Values divided by a scale, whose inverse is given, rounded to integers in each lane's low half.
  @_alwaysEmitIntoClient @inline(__always)
  static func rounded(_ value: Vector, inverse: Vector) -> Bits {
    // Adding 1.5 * 2^23 leaves a value rounded to an integer in a float's low bits.
    unsafeBitCast(
      multiplyAdd(value, inverse, Vector(repeating: 12_582_912)), to: Bits.self)
  }

  /// Pairs for `dot`, from the low halves of the lanes.
  @_alwaysEmitIntoClient @inline(__always)
  static func pairs(_ low: Bits, _ high: Bits) -> Vector {
    unsafeBitCast((low & Bits(repeating: 0xFFFF)) | (high &<< 16), to: Vector.self)
  }
}

/// Where a register tile's integer sums go when a group of 32 input channels has been summed.
///
/// Each group has its own scale for each tile (here a pixel), so the sums of groups are added as floats.
@frozen public struct GroupEnd<Level: KernelLevel> {
  @usableFromInline var output: UnsafeMutablePointer<Float>
  /// Floats from one pixel's sums to the next's.
  @usableFromInline let stride: Int
  /// The scale of the first pixel's inputs.
  @usableFromInline var scales: UnsafePointer<Float>
  /// The scales of the group's weights, one for each output channel.
  @usableFromInline let weightScale0: Level.Vector
  @usableFromInline let weightScale1: Level.Vector
  /// Whether sums start from zero.
  @usableFromInline let isFirst: Bool

  @_alwaysEmitIntoClient @inline(__always)
  init(
    output: UnsafeMutablePointer<Float>, stride: Int, scales: UnsafePointer<Float>,
    weightScale0: Level.Vector, weightScale1: Level.Vector, isFirst: Bool
  ) {
    self.output = output
    self.stride = stride
    self.scales = scales
    self.weightScale0 = weightScale0
    self.weightScale1 = weightScale1
    self.isFirst = isFirst
  }

  @_alwaysEmitIntoClient @inline(__always)
  func advanced(by pixels: Int) -> GroupEnd {
    var next = self
    next.output += pixels &* stride
    next.scales += pixels &* Winograd.positions
    return next
  }
}

extension GroupEnd where Level: IntegerLevel {
  /// Adds one vector of the first pixel's sums.
  @_alwaysEmitIntoClient @inline(__always)
  func add(
    _ sums: Level.Bits, at: Int, scale: Level.Vector, weightScale: Level.Vector
  ) {
    let target = output + at
    let value = Level.floats(sums) * weightScale
    storeVector(
      isFirst
        ? value * scale
        : Level.multiplyAdd(value, scale, loadVector(target, as: Level.Vector.self)), target)
  }
}

/// One pixel by one vector, in integers.
@frozen public struct IntegerSingle<Level: IntegerLevel>: RegisterTile {
  @usableFromInline var sum: Level.Bits

  @_alwaysEmitIntoClient @inline(__always) public static var pixels: Int { 1 }
  @_alwaysEmitIntoClient @inline(__always) public static var vectors: Int { 1 }
  @_alwaysEmitIntoClient @inline(__always) public static var isInteger: Bool { true }

  @_alwaysEmitIntoClient @inline(__always)
  public init(_ bias0: Level.Vector, _ bias1: Level.Vector) {
    sum = unsafeBitCast(bias0, to: Level.Bits.self)
  }

  @_alwaysEmitIntoClient @inline(__always)
  public mutating func accumulate(
    _ input: UnsafePointer<Float>, _ weight0: Level.Vector, _ weight1: Level.Vector
  ) {
    let pair = unsafeBitCast(
      Level.Vector(repeating: input.pointee), to: Level.Bits.self)
    sum = Level.dot(sum, pair, unsafeBitCast(weight0, to: Level.Bits.self))
  }

  @_alwaysEmitIntoClient @inline(__always)
  public func store(_ output: UnsafeMutablePointer<Float>, stride: Int) {}

  @_alwaysEmitIntoClient @inline(__always)
  public mutating func endGroup(_ end: GroupEnd<Level>) {
    let scale = Level.Vector(repeating: end.scales.pointee)
    end.add(sum, at: 0, scale: scale, weightScale: end.weightScale0)
    sum = Level.Bits(repeating: 0)
  }
}

/// One pixel by two vectors, in integers.
@frozen public struct IntegerPair<Level: IntegerLevel>: RegisterTile {
  @usableFromInline var sum0: Level.Bits
  @usableFromInline var sum1: Level.Bits

  @_alwaysEmitIntoClient @inline(__always) public static var pixels: Int { 1 }
  @_alwaysEmitIntoClient @inline(__always) public static var vectors: Int { 2 }
  @_alwaysEmitIntoClient @inline(__always) public static var isInteger: Bool { true }

  @_alwaysEmitIntoClient @inline(__always)
  public init(_ bias0: Level.Vector, _ bias1: Level.Vector) {
    sum0 = unsafeBitCast(bias0, to: Level.Bits.self)
    sum1 = unsafeBitCast(bias1, to: Level.Bits.self)
  }

  @_alwaysEmitIntoClient @inline(__always)
  public mutating func accumulate(
    _ input: UnsafePointer<Float>, _ weight0: Level.Vector, _ weight1: Level.Vector
  ) {
    let pair = unsafeBitCast(
      Level.Vector(repeating: input.pointee), to: Level.Bits.self)
    sum0 = Level.dot(sum0, pair, unsafeBitCast(weight0, to: Level.Bits.self))
    sum1 = Level.dot(sum1, pair, unsafeBitCast(weight1, to: Level.Bits.self))
  }

  @_alwaysEmitIntoClient @inline(__always)
  public func store(_ output: UnsafeMutablePointer<Float>, stride: Int) {}

  @_alwaysEmitIntoClient @inline(__always)
  public mutating func endGroup(_ end: GroupEnd<Level>) {
    let scale = Level.Vector(repeating: end.scales.pointee)
    end.add(sum0, at: 0, scale: scale, weightScale: end.weightScale0)
    end.add(
      sum1, at: Level.Vector.scalarCount, scale: scale, weightScale: end.weightScale1)
    sum0 = Level.Bits(repeating: 0)
    sum1 = Level.Bits(repeating: 0)
  }
}
