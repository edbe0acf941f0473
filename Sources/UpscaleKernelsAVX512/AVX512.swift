internal import CKernelIntrinsics
public import UpscaleKernels

/// x86-64-v4, 32 registers of 16 floats: Skylake-SP and later, Zen 4 and later.
public enum AVX512: KernelLevel {
  public typealias Vector = SIMD16<Float>
  public typealias Bits = SIMD16<Int32>
  public typealias WideTile = FourteenPixels<PixelPair<AVX512>>
  public typealias NarrowTile = FourteenPixels<PixelSingle<AVX512>>

  @inline(__always)
  public static func multiplyAdd(_ a: Vector, _ b: Vector, _ c: Vector) -> Vector {
    ck_multiply_add16(a, b, c)
  }

  @inline(__always)
  public static func activated(_ value: Vector, slope: Vector) -> Vector {
    ck_activated16(value, slope)
  }

  @inline(__always)
  public static func total(_ value: Vector) -> Float {
    let half = value.lowHalf + value.highHalf
    return laneTotal(half.lowHalf + half.highHalf)
  }
}

extension AVX512: IntegerLevel {
  @inline(__always)
  public static func dot(_ sum: Bits, _ a: Bits, _ b: Bits) -> Bits { ck_dot16(sum, a, b) }

  @inline(__always)
  public static func floats(_ bits: Bits) -> Vector { ck_floats16(bits) }

  @inline(__always)
  public static func larger(_ a: Bits, _ b: Bits) -> Bits { ck_larger16(a, b) }

  @inline(__always)
  public static func inverseRoot(_ value: Vector) -> Vector { ck_inverse_root16(value) }

  @inline(__always)
  public static func squares(_ rows: UnsafePointer<Float>, stride: Int) -> Squares<Vector> {
    lanes(
      lanes(four(rows, 0, stride), four(rows, 4, stride)),
      lanes(four(rows, 8, stride), four(rows, 12, stride)))
  }

  @inline(__always)
  public static func squaresOfFour(_ rows: UnsafePointer<Float>, stride: Int) -> Squares<Vector> {
    let sums = four(rows, 0, stride)
    let halves = lanes(sums, sums)
    return lanes(halves, halves)
  }

  @inline(__always)
  static func four(_ rows: UnsafePointer<Float>, _ row: Int, _ stride: Int) -> Squares<Vector> {
    let a = ck_add_neighbours16(squares(rows, row, stride), squares(rows, row &+ 1, stride))
    let b = ck_add_neighbours16(squares(rows, row &+ 2, stride), squares(rows, row &+ 3, stride))
    return Squares(whole: ck_add_neighbours16(a, b), largestPart: ck_larger_neighbours16(a, b))
  }

  @inline(__always)
  static func lanes(_ a: Squares<Vector>, _ b: Squares<Vector>) -> Squares<Vector> {
    Squares(
      whole: ck_add_lanes16(a.whole, b.whole),
      largestPart: ck_larger_lanes16(a.largestPart, b.largestPart))
  }

  /// Sums of the squares of some of a row's values.
  @inline(__always)
  static func squares(_ rows: UnsafePointer<Float>, _ row: Int, _ stride: Int) -> Vector {
    let (a, b) = (load(rows, row &* stride), load(rows, row &* stride &+ 16))
    return multiplyAdd(a, a, b * b)
  }

  @inline(__always)
  static func load(_ rows: UnsafePointer<Float>, _ at: Int) -> Vector {
    UnsafeRawPointer(rows + at).loadUnaligned(as: Vector.self)
  }
}

/// `convolveNarrow` at this level.
@inline(never)
public func convolveNarrowAVX512(_ row: UnsafePointer<NarrowRow>) {
  convolveNarrow(row.pointee, level: AVX512.self)
}

/// `convolveRow` at this level.
@inline(never)
public func convolveRowAVX512(_ row: UnsafePointer<ConvolutionRow>) {
  convolveRow(row.pointee, level: AVX512.self)
}

/// `transformInput` at this level.
@inline(never)
public func transformInputAVX512(_ input: UnsafePointer<WinogradInput>) {
  transformInput(input.pointee, level: AVX512.self)
}

/// `multiplyTiles` at this level.
@inline(never)
public func multiplyTilesAVX512(_ product: UnsafePointer<WinogradProduct>) {
  multiplyTiles(product.pointee, level: AVX512.self)
}

/// `transformOutput` at this level.
@inline(never)
public func transformOutputAVX512(_ output: UnsafePointer<WinogradOutput>) {
  transformOutput(output.pointee, level: AVX512.self)
}

/// `transformWeights` at this level.
@inline(never)
public func transformWeightsAVX512(_ call: UnsafePointer<WinogradWeights>) {
  transformWeights(call.pointee, level: AVX512.self)
}

/// `transformIntegerInput` at this level.
@inline(never)
public func transformIntegerInputAVX512(_ input: UnsafePointer<IntegerInput>) {
  transformIntegerInput(input.pointee, level: AVX512.self)
}

/// `multiplyIntegerTiles` at this level.
@inline(never)
public func multiplyIntegerTilesAVX512(_ product: UnsafePointer<WinogradProduct>) {
  multiplyIntegerTiles(product.pointee, level: AVX512.self)
}

/// `roundWeights` at this level.
@inline(never)
public func roundWeightsAVX512(_ call: UnsafePointer<IntegerWeights>) {
  roundWeights(call.pointee, level: AVX512.self)
}
