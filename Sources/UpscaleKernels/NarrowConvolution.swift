/// Some pixels of a row of a direct 3x3 convolution with few outputs: a network's last one, to red,
/// green and blue.
///
/// In the other kernels a vector holds output channels, and with three of them most lanes would be unused.
/// Here it holds input channels, and the lanes of the products are added up at the end.
public struct NarrowRow {
  /// For each block of 16 input channels the rows above, at and below the pixels, each at the pixel
  /// left of the first. The weights of lanes without a channel are zero.
  public var lines: UnsafePointer<UnsafePointer<Float>>
  public var blocks: Int
  /// `[three outputs][block][ky][kx][3][16]`, zeros for outputs that do not exist.
  public var weights: UnsafePointer<Float>
  /// One for each output.
  public var bias: UnsafePointer<Float>
  public var outputs: Int
  public var pixels: Int
  /// `[x][outputs]`.
  public var result: UnsafeMutablePointer<Float>

  public init(
    lines: UnsafePointer<UnsafePointer<Float>>, blocks: Int, weights: UnsafePointer<Float>,
    bias: UnsafePointer<Float>, outputs: Int, pixels: Int, result: UnsafeMutablePointer<Float>
  ) {
    self.lines = lines
    self.blocks = blocks
    self.weights = weights
    self.bias = bias
    self.outputs = outputs
    self.pixels = pixels
    self.result = result
  }
}

/// Outputs that are computed together.
public let narrowOutputs = 3

/// Floats of `NarrowRow.weights`.
public func narrowWeightCount(blocks: Int, outputs: Int) -> Int {
  (outputs + narrowOutputs - 1) / narrowOutputs * blocks * 9 * narrowOutputs * channelBlock
}

/// Sums of a few neighbouring pixels, three vectors each, held in registers; composed as
/// `RegisterTile` is.
public protocol NarrowTile<Level> {
  associatedtype Level: KernelLevel
  static var pixels: Int { get }

  init()

  /// Adds the products of a vector of each pixel's channels with the three outputs' weights.
  mutating func accumulate(_ input: UnsafePointer<Float>, _ weights: Three<Level.Vector>)

  /// Writes the first `count` (up to three) outputs of each pixel, `stride` floats apart.
  func store(
    _ result: UnsafeMutablePointer<Float>, bias: UnsafePointer<Float>, count: Int, stride: Int)
}

/// One pixel's sums.
@frozen public struct NarrowPixel<Level: KernelLevel>: NarrowTile {
  @usableFromInline var sums: Three<Level.Vector>

  @_alwaysEmitIntoClient @inline(__always) public static var pixels: Int { 1 }

  @_alwaysEmitIntoClient @inline(__always)
  public init() {
    let zero = Level.Vector(repeating: 0)
    sums = (zero, zero, zero)
  }

  @_alwaysEmitIntoClient @inline(__always)
  public mutating func accumulate(
    _ input: UnsafePointer<Float>, _ weights: Three<Level.Vector>
  ) {
    let value = loadVector(input, as: Level.Vector.self)
    sums.0 = Level.multiplyAdd(value, weights.0, sums.0)
    sums.1 = Level.multiplyAdd(value, weights.1, sums.1)
    sums.2 = Level.multiplyAdd(value, weights.2, sums.2)
  }

  @_alwaysEmitIntoClient @inline(__always)
  public func store(
    _ result: UnsafeMutablePointer<Float>, bias: UnsafePointer<Float>, count: Int, stride: Int
  ) {
    result[0] = Level.total(sums.0) + bias[0]
    if count > 1 { result[1] = Level.total(sums.1) + bias[1] }
    if count > 2 { result[2] = Level.total(sums.2) + bias[2] }
  }
}

/// The pixels of one tile and after them those of another.
@frozen public struct NarrowPair<A: NarrowTile, B: NarrowTile>: NarrowTile
where A.Level == B.Level {
  public typealias Level = A.Level
  @usableFromInline var first: A
  @usableFromInline var second: B

  @_alwaysEmitIntoClient @inline(__always)
  public static var pixels: Int { A.pixels &+ B.pixels }

  @_alwaysEmitIntoClient @inline(__always)
  public init() {
    first = A()
    second = B()
  }

  @_alwaysEmitIntoClient @inline(__always)
  public mutating func accumulate(
    _ input: UnsafePointer<Float>, _ weights: Three<A.Level.Vector>
  ) {
    first.accumulate(input, weights)
    second.accumulate(input + A.pixels &* channelBlock, weights)
  }

  @_alwaysEmitIntoClient @inline(__always)
  public func store(
    _ result: UnsafeMutablePointer<Float>, bias: UnsafePointer<Float>, count: Int, stride: Int
  ) {
    first.store(result, bias: bias, count: count, stride: stride)
    second.store(result + A.pixels &* stride, bias: bias, count: count, stride: stride)
  }
}

/// With 16 registers four pixels' sums fit, with 32 eight.
public typealias NarrowTwo<Level: KernelLevel> = NarrowPair<NarrowPixel<Level>, NarrowPixel<Level>>
public typealias NarrowFour<Level: KernelLevel> = NarrowPair<NarrowTwo<Level>, NarrowTwo<Level>>
public typealias NarrowEight<Level: KernelLevel> = NarrowPair<NarrowFour<Level>, NarrowFour<Level>>

/// Computes the pixels; each one's sum has the same terms in the same order wherever it lies.
@_alwaysEmitIntoClient @inline(__always)
public func convolveNarrow<Level: KernelLevel>(_ row: NarrowRow, level: Level.Type) {
  var output = 0
  while output < row.outputs {
    var pixel = 0
    // This condition is a constant of the level.
    if Level.WideTile.pixels > 6 {
      while pixel &+ 8 <= row.pixels {
        reduce(row, output: output, pixel: pixel, tile: NarrowEight<Level>.self)
        pixel &+= 8
      }
    }
    while pixel &+ 4 <= row.pixels {
      reduce(row, output: output, pixel: pixel, tile: NarrowFour<Level>.self)
      pixel &+= 4
    }
    while pixel < row.pixels {
      reduce(row, output: output, pixel: pixel, tile: NarrowPixel<Level>.self)
      pixel &+= 1
    }
    output &+= narrowOutputs
  }
}

/// The reduction over all input channels and taps for a few pixels and three outputs.
@_alwaysEmitIntoClient @inline(__always)
func reduce<Tile: NarrowTile>(_ row: NarrowRow, output: Int, pixel: Int, tile: Tile.Type) {
  typealias Vector = Tile.Level.Vector
  var weights = row.weights + output &* row.blocks &* 9 &* channelBlock
  var sums = Tile()
  var line = 0
  while line < 3 &* row.blocks {
    let input = row.lines[line] + pixel &* channelBlock
    var tap = 0
    while tap < 3 &* channelBlock {
      var lane = 0
      while lane < channelBlock {
        sums.accumulate(
          input + (tap &+ lane),
          (
            loadVector(weights + lane, as: Vector.self),
            loadVector(weights + (lane &+ channelBlock), as: Vector.self),
            loadVector(weights + (lane &+ 2 &* channelBlock), as: Vector.self)
          ))
        lane &+= Vector.scalarCount
      }
      weights += narrowOutputs &* channelBlock
      tap &+= channelBlock
    }
    line &+= 1
  }
  sums.store(
    row.result + (pixel &* row.outputs &+ output), bias: row.bias + output,
    count: row.outputs &- output, stride: row.outputs)
}

/// `convolveNarrow` at the baseline.
@inline(never)
public func convolveNarrowBaseline(_ row: UnsafePointer<NarrowRow>) {
  convolveNarrow(row.pointee, level: Baseline.self)
}
