/// A register tile: the running sums of a few neighbouring pixels by one or two vectors of output
/// channels, held in registers through the whole reduction.
///
/// Tiles are composed as types (`Joined<FourPixels, TwoPixels>`) and not computed by loops: the optimiser
/// stops unrolling loops at about ten pixels and then keeps the sums in memory, at a quarter of the speed.
/// Composed types always become code without loops.
public protocol RegisterTile<Level> {
  associatedtype Level: KernelLevel
  /// Pixels in the tile.
  static var pixels: Int { get }
  /// Vectors of output channels for each pixel: 1 or 2.
  static var vectors: Int { get }

  /// Every pixel's sums start from the bias.
  init(_ bias0: Level.Vector, _ bias1: Level.Vector)

  /// Adds one input channel's contribution.
  ///
  /// - Parameters:
  ///   - input: the channel's value at the first pixel; pixels are `channelBlock` floats apart.
  ///   - weight0: the weights from this channel to the first vector of outputs.
  ///   - weight1: the same for the second vector (ignored by single-vector tiles).
  mutating func accumulate(
    _ input: UnsafePointer<Float>, _ weight0: Level.Vector, _ weight1: Level.Vector)

  /// Writes each pixel's sums, `stride` floats apart.
  func store(_ output: UnsafeMutablePointer<Float>, stride: Int)

  /// Whether sums are integers, which `endGroup` must be called for.
  static var isInteger: Bool { get }

  /// Adds the integer sums of a group of channels, which share a scale, to the float sums in memory, and
  /// sets them to zero.
  mutating func endGroup(_ end: GroupEnd<Level>)
}

/// A register tile of floats that a direct convolution can finish.
public protocol FinishingTile: RegisterTile {
  /// Hands each pixel's sums to the epilogue, for the first `count` pixels; `at` is how many floats
  /// this part of a tile lies from the whole tile's first pixel.
  func finish(_ epilogue: Epilogue<Level>, at: Int, count: Int)
}

extension RegisterTile {
  /// Output channels of the tile.
  @_alwaysEmitIntoClient @inline(__always)
  static var outputs: Int { vectors &* Level.Vector.scalarCount }
}

/// One pixel by one vector.
@frozen public struct PixelSingle<Level: KernelLevel>: FinishingTile {
  @usableFromInline var sum: Level.Vector

  @_alwaysEmitIntoClient @inline(__always) public static var pixels: Int { 1 }
  @_alwaysEmitIntoClient @inline(__always) public static var vectors: Int { 1 }

  @_alwaysEmitIntoClient @inline(__always)
  public init(_ bias0: Level.Vector, _ bias1: Level.Vector) { sum = bias0 }

  @_alwaysEmitIntoClient @inline(__always)
  public mutating func accumulate(
    _ input: UnsafePointer<Float>, _ weight0: Level.Vector, _ weight1: Level.Vector
  ) {
    sum = Level.multiplyAdd(Level.Vector(repeating: input.pointee), weight0, sum)
  }

  @_alwaysEmitIntoClient @inline(__always)
  public func finish(_ epilogue: Epilogue<Level>, at: Int, count: Int) {
    guard count > 0 else { return }
    epilogue.first.store(sum, at: at)
  }

  @_alwaysEmitIntoClient @inline(__always)
  public func store(_ output: UnsafeMutablePointer<Float>, stride: Int) {
    storeVector(sum, output)
  }

  @_alwaysEmitIntoClient @inline(__always) public static var isInteger: Bool { false }

  @_alwaysEmitIntoClient @inline(__always)
  public mutating func endGroup(_ end: GroupEnd<Level>) {}
}

/// One pixel by two vectors.
@frozen public struct PixelPair<Level: KernelLevel>: FinishingTile {
  @usableFromInline var sum0: Level.Vector
  @usableFromInline var sum1: Level.Vector

  @_alwaysEmitIntoClient @inline(__always) public static var pixels: Int { 1 }
  @_alwaysEmitIntoClient @inline(__always) public static var vectors: Int { 2 }

  @_alwaysEmitIntoClient @inline(__always)
  public init(_ bias0: Level.Vector, _ bias1: Level.Vector) {
    sum0 = bias0
    sum1 = bias1
  }

  @_alwaysEmitIntoClient @inline(__always)
  public mutating func accumulate(
    _ input: UnsafePointer<Float>, _ weight0: Level.Vector, _ weight1: Level.Vector
  ) {
    let value = Level.Vector(repeating: input.pointee)
    sum0 = Level.multiplyAdd(value, weight0, sum0)
    sum1 = Level.multiplyAdd(value, weight1, sum1)
  }

  @_alwaysEmitIntoClient @inline(__always)
  public func finish(_ epilogue: Epilogue<Level>, at: Int, count: Int) {
    guard count > 0 else { return }
    epilogue.first.store(sum0, at: at)
    epilogue.second.store(sum1, at: at)
  }

  @_alwaysEmitIntoClient @inline(__always)
  public func store(_ output: UnsafeMutablePointer<Float>, stride: Int) {
    storeVector(sum0, output)
    storeVector(sum1, output + Level.Vector.scalarCount)
  }

  @_alwaysEmitIntoClient @inline(__always) public static var isInteger: Bool { false }

  @_alwaysEmitIntoClient @inline(__always)
  public mutating func endGroup(_ end: GroupEnd<Level>) {}
}

/// The pixels of one tile followed by those of another.
@frozen public struct Joined<Left: RegisterTile, Right: RegisterTile>: RegisterTile
where Left.Level == Right.Level {
  public typealias Level = Left.Level
  @usableFromInline var left: Left
  @usableFromInline var right: Right

  @_alwaysEmitIntoClient @inline(__always)
  public static var pixels: Int { Left.pixels &+ Right.pixels }
  @_alwaysEmitIntoClient @inline(__always) public static var vectors: Int { Left.vectors }

  @_alwaysEmitIntoClient @inline(__always)
  public init(_ bias0: Level.Vector, _ bias1: Level.Vector) {
    left = Left(bias0, bias1)
    right = Right(bias0, bias1)
  }

  @_alwaysEmitIntoClient @inline(__always)
  public mutating func accumulate(
    _ input: UnsafePointer<Float>, _ weight0: Level.Vector, _ weight1: Level.Vector
  ) {
    left.accumulate(input, weight0, weight1)
    right.accumulate(input + Left.pixels &* channelBlock, weight0, weight1)
  }

  @_alwaysEmitIntoClient @inline(__always)
  public func store(_ output: UnsafeMutablePointer<Float>, stride: Int) {
    left.store(output, stride: stride)
    right.store(output + Left.pixels &* stride, stride: stride)
  }

  @_alwaysEmitIntoClient @inline(__always) public static var isInteger: Bool { Left.isInteger }

  @_alwaysEmitIntoClient @inline(__always)
  public mutating func endGroup(_ end: GroupEnd<Level>) {
    left.endGroup(end)
    right.endGroup(end.advanced(by: Left.pixels))
  }
}

extension Joined: FinishingTile where Left: FinishingTile, Right: FinishingTile {
  @_alwaysEmitIntoClient @inline(__always)
  public func finish(_ epilogue: Epilogue<Level>, at: Int, count: Int) {
    left.finish(epilogue, at: at, count: count)
    right.finish(
      epilogue, at: at &+ Left.pixels &* channelBlock, count: count &- Left.pixels)
  }
}

public typealias TwoPixels<Pixel: RegisterTile> = Joined<Pixel, Pixel>
public typealias FourPixels<Pixel: RegisterTile> = Joined<TwoPixels<Pixel>, TwoPixels<Pixel>>
public typealias SixPixels<Pixel: RegisterTile> = Joined<FourPixels<Pixel>, TwoPixels<Pixel>>
public typealias EightPixels<Pixel: RegisterTile> = Joined<FourPixels<Pixel>, FourPixels<Pixel>>
public typealias TwelvePixels<Pixel: RegisterTile> = Joined<EightPixels<Pixel>, FourPixels<Pixel>>
public typealias FourteenPixels<Pixel: RegisterTile> =
  Joined<EightPixels<Pixel>, SixPixels<Pixel>>

@_alwaysEmitIntoClient @inline(__always)
func loadVector<V: SIMD>(_ pointer: UnsafePointer<Float>, as: V.Type) -> V
where V.Scalar == Float {
  UnsafeRawPointer(pointer).loadUnaligned(as: V.self)
}

@_alwaysEmitIntoClient @inline(__always)
func storeVector<V: SIMD>(_ vector: V, _ pointer: UnsafeMutablePointer<Float>)
where V.Scalar == Float {
  UnsafeMutableRawPointer(pointer).storeBytes(of: vector, as: V.self)
}
