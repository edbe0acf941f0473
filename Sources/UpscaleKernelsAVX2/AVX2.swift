internal import CKernelIntrinsics
public import UpscaleKernels

/// x86-64-v3, 16 registers of 8 floats: Haswell and later, Zen and later.
public enum AVX2: KernelLevel {
  public typealias Vector = SIMD8<Float>
  public typealias Bits = SIMD8<Int32>
  public typealias WideTile = SixPixels<PixelPair<AVX2>>
  public typealias NarrowTile = SixPixels<PixelSingle<AVX2>>

  @inline(__always)
  public static func multiplyAdd(_ a: Vector, _ b: Vector, _ c: Vector) -> Vector {
    ck_multiply_add8(a, b, c)
  }

  @inline(__always)
  public static func activated(_ value: Vector, slope: Vector) -> Vector {
    ck_activated8(value, slope)
  }

  @inline(__always)
  public static func total(_ value: Vector) -> Float {
    laneTotal(value.lowHalf + value.highHalf)
  }
}

extension AVX2: IntegerLevel {
  @inline(__always)
  public static func dot(_ sum: Bits, _ a: Bits, _ b: Bits) -> Bits { ck_dot8(sum, a, b) }

  @inline(__always)
  public static func floats(_ bits: Bits) -> Vector { ck_floats8(bits) }

  @inline(__always)
  public static func larger(_ a: Bits, _ b: Bits) -> Bits { ck_larger8(a, b) }

  @inline(__always)
  public static func inverseRoot(_ value: Vector) -> Vector { ck_inverse_root8(value) }

  @inline(__always)
  public static func squares(_ rows: UnsafePointer<Float>, stride: Int) -> Squares<Vector> {
    lanes(four(rows, 0, stride), four(rows, 4, stride))
  }

  @inline(__always)
  public static func squaresOfFour(_ rows: UnsafePointer<Float>, stride: Int) -> Squares<Vector> {
    let sums = four(rows, 0, stride)
    return lanes(sums, sums)
  }

  @inline(__always)
  static func four(_ rows: UnsafePointer<Float>, _ row: Int, _ stride: Int) -> Squares<Vector> {
    let a = ck_add_neighbours8(squares(rows, row, stride), squares(rows, row &+ 1, stride))
    let b = ck_add_neighbours8(squares(rows, row &+ 2, stride), squares(rows, row &+ 3, stride))
    return Squares(whole: ck_add_neighbours8(a, b), largestPart: ck_larger_neighbours8(a, b))
  }

  @inline(__always)
  static func lanes(_ a: Squares<Vector>, _ b: Squares<Vector>) -> Squares<Vector> {
    Squares(
      whole: ck_add_lanes8(a.whole, b.whole),
      largestPart: ck_larger_lanes8(a.largestPart, b.largestPart))
  }

  /// Sums of the squares of some of a row's values.
  @inline(__always)
  static func squares(_ rows: UnsafePointer<Float>, _ row: Int, _ stride: Int) -> Vector {
    let (a, b) = (load(rows, row &* stride), load(rows, row &* stride &+ 8))
    let (c, d) = (load(rows, row &* stride &+ 16), load(rows, row &* stride &+ 24))
    return multiplyAdd(a, a, b * b) + multiplyAdd(c, c, d * d)
  }

  @inline(__always)
  static func load(_ rows: UnsafePointer<Float>, _ at: Int) -> Vector {
    UnsafeRawPointer(rows + at).loadUnaligned(as: Vector.self)
  }
}

/// `convolveNarrow` at this level.
@inline(never)
public func convolveNarrowAVX2(_ row: UnsafePointer<NarrowRow>) {
  convolveNarrow(row.pointee, level: AVX2.self)
}

/// `convolveRow` at this level.
@inline(never)
public func convolveRowAVX2(_ row: UnsafePointer<ConvolutionRow>) {
  convolveRow(row.pointee, level: AVX2.self)
}

/// `transformInput` at this level.
@inline(never)
public func transformInputAVX2(_ input: UnsafePointer<WinogradInput>) {
  transformInput(input.pointee, level: AVX2.self)
}

/// `multiplyTiles` at this level.
@inline(never)
public func multiplyTilesAVX2(_ product: UnsafePointer<WinogradProduct>) {
  multiplyTiles(product.pointee, level: AVX2.self)
}

/// `transformOutput` at this level.
@inline(never)
public func transformOutputAVX2(_ output: UnsafePointer<WinogradOutput>) {
  transformOutput(output.pointee, level: AVX2.self)
}

/// `transformWeights` at this level.
@inline(never)
public func transformWeightsAVX2(_ call: UnsafePointer<WinogradWeights>) {
  transformWeights(call.pointee, level: AVX2.self)
}

/// `transformIntegerInput` at this level.
@inline(never)
public func transformIntegerInputAVX2(_ input: UnsafePointer<IntegerInput>) {
  transformIntegerInput(input.pointee, level: AVX2.self)
}

/// `multiplyIntegerTiles` at this level.
@inline(never)
public func multiplyIntegerTilesAVX2(_ product: UnsafePointer<WinogradProduct>) {
  multiplyIntegerTiles(product.pointee, level: AVX2.self)
}

/// `roundWeights` at this level.
@inline(never)
public func roundWeightsAVX2(_ call: UnsafePointer<IntegerWeights>) {
  roundWeights(call.pointee, level: AVX2.self)
}
