/// One CPU level: the vector its registers hold, and the register tiles that fill them.
///
/// Kernels are written once, generic over a level, and instantiated in one target per level
/// (`UpscaleKernelsAVX2`, `UpscaleKernelsAVX512`), which is compiled with that level's flags.
/// Everything here is `@_alwaysEmitIntoClient @inline(__always)`: no code of a higher level may
/// ever be emitted as a symbol that the linker could hand to baseline callers.
public protocol KernelLevel {
  /// As many floats as one register holds.
  associatedtype Vector: SIMD where Vector.Scalar == Float
  /// The same register as integers.
  associatedtype Bits: SIMD where Bits.Scalar == Int32
  /// Pixels by two vectors of output channels, as many as the register file holds.
  associatedtype WideTile: FinishingTile where WideTile.Level == Self
  /// Pixels by one vector, for convolutions with few outputs.
  associatedtype NarrowTile: FinishingTile where NarrowTile.Level == Self

  /// `a * b + c`, fused where the level has the instruction.
  ///
  /// SIMD `addingProduct` is one `fmaf` library call a lane where the level has no FMA, and
  /// `a * b + c` is never fused by the compiler, so each level has to choose one of them.
  static func multiplyAdd(_ a: Vector, _ b: Vector, _ c: Vector) -> Vector

  /// `value` where it is positive, `slope * value` where it is negative: LeakyReLU and PReLU.
  static func activated(_ value: Vector, slope: Vector) -> Vector

  /// The sum of a vector's lanes.
  static func total(_ value: Vector) -> Float
}

extension KernelLevel {
  /// For levels without instructions of their own. The factor is selected by the sign bit, since Swift makes
  /// masks of comparisons lane by lane here.
  @_alwaysEmitIntoClient @inline(__always)
  public static func activated(_ value: Vector, slope: Vector) -> Vector {
    let sign = unsafeBitCast(value, to: Bits.self) &>> 31
    let one = unsafeBitCast(Vector(repeating: 1), to: Bits.self)
    let factor = (unsafeBitCast(slope, to: Bits.self) & sign) | (one & ~sign)
    return value * unsafeBitCast(factor, to: Vector.self)
  }
}

/// Channels in a block of the NCHWc16 layout: every activation plane stores 16 channels a pixel.
public let channelBlock = 16

/// The baseline of x86-64 (SSE2), and every architecture that has no level of its own: 16 registers of 4
/// floats.
public enum Baseline: KernelLevel {
  public typealias Vector = SIMD4<Float>
  public typealias Bits = SIMD4<Int32>
  public typealias WideTile = SixPixels<PixelPair<Baseline>>
  public typealias NarrowTile = SixPixels<PixelSingle<Baseline>>

  @_alwaysEmitIntoClient @inline(__always)
  public static func multiplyAdd(_ a: Vector, _ b: Vector, _ c: Vector) -> Vector { a * b + c }

  @_alwaysEmitIntoClient @inline(__always)
  public static func total(_ value: Vector) -> Float { laneTotal(value) }
}

/// The sum of four lanes.
@_alwaysEmitIntoClient @inline(__always)
public func laneTotal(_ value: SIMD4<Float>) -> Float {
  (value[0] + value[1]) + (value[2] + value[3])
}
