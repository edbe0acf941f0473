public import CKernelIntrinsics

/// The 36 matrix products of a few rows of tiles for some groups of output channels.
public struct WinogradProduct {
  /// For each block of input channels `[position][row][tile][16]`, at the first tile.
  public var inputs: UnsafePointer<UnsafePointer<Float>>
  /// For each block, how many of its 16 lanes hold channels.
  public var inputLanes: UnsafePointer<Int>
  public var inputBlocks: Int
  /// Floats from one position to the next in each of `inputs`.
  public var inputPositionStride: Int
  /// Floats from one row of tiles to the next in each of `inputs`.
  public var inputRowStride: Int
  public var rows: Int
  public var tiles: Int
  /// `[position][block][lane][group]`.
  public var weights: UnsafePointer<Float>
  /// Floats from one position to the next in `weights`.
  public var weightPositionStride: Int
  /// Output channels of a group: 16 or 32.
  public var group: Int
  /// `[position][row][tile][group]`.
  public var output: UnsafeMutablePointer<Float>
  public var outputPositionStride: Int
  public var outputRowStride: Int
  /// Groups, and floats from one to the next in `weights` (and their scales) and `output`.
  public var groups: Int
  public var weightGroupStride: Int
  public var outputGroupStride: Int
  /// For products in integers: then each float of `inputs` and `weights` is a pair of 16-bit
  /// integers, and each block is 32 channels.
  public var scales: ProductScales?

  public init(
    inputs: UnsafePointer<UnsafePointer<Float>>, inputLanes: UnsafePointer<Int>,
    inputBlocks: Int, inputPositionStride: Int, inputRowStride: Int, rows: Int, tiles: Int,
    weights: UnsafePointer<Float>, weightPositionStride: Int, group: Int,
    output: UnsafeMutablePointer<Float>, outputPositionStride: Int, outputRowStride: Int,
    groups: Int = 1, weightGroupStride: Int = 0, outputGroupStride: Int = 0,
    scales: ProductScales? = nil
  ) {
    self.inputs = inputs
    self.inputLanes = inputLanes
    self.inputBlocks = inputBlocks
    self.inputPositionStride = inputPositionStride
    self.inputRowStride = inputRowStride
    self.rows = rows
    self.tiles = tiles
    self.weights = weights
    self.weightPositionStride = weightPositionStride
    self.group = group
    self.output = output
    self.outputPositionStride = outputPositionStride
    self.outputRowStride = outputRowStride
    self.groups = groups
    self.weightGroupStride = weightGroupStride
    self.outputGroupStride = outputGroupStride
    self.scales = scales
  }
}

/// The scales of a product's integers: the value of the integer 1.
public struct ProductScales {
  /// For each block of input channels `[row][tile][position]`, at the first tile.
  public var inputs: UnsafePointer<UnsafePointer<Float>>
  /// Floats from one row of tiles to the next in each of `inputs`.
  public var inputRowStride: Int
  /// `[position][block][group]`.
  public var weights: UnsafePointer<Float>

  public init(
    inputs: UnsafePointer<UnsafePointer<Float>>, inputRowStride: Int,
    weights: UnsafePointer<Float>
  ) {
    self.inputs = inputs
    self.inputRowStride = inputRowStride
    self.weights = weights
  }
}

@_alwaysEmitIntoClient @inline(__always)
public func multiplyTiles<Level: KernelLevel>(_ product: WinogradProduct, level: Level.Type) {
  if product.group >= Level.WideTile.outputs {
    multiplyTiles(product, pixel: PixelPair<Level>.self)
  } else {
    multiplyTiles(product, pixel: PixelSingle<Level>.self)
  }
}

/// The same in integers, for a product with scales.
@_alwaysEmitIntoClient @inline(__always)
public func multiplyIntegerTiles<Level: IntegerLevel>(
  _ product: WinogradProduct, level: Level.Type
) {
  if product.group >= Level.WideTile.outputs {
    multiplyTiles(product, pixel: IntegerPair<Level>.self)
  } else {
    multiplyTiles(product, pixel: IntegerSingle<Level>.self)
  }
}

/// `Pixel` is the unit that register tiles are composed of: here one position of one tile.
@_alwaysEmitIntoClient @inline(__always)
func multiplyTiles<Pixel: RegisterTile>(_ product: WinogradProduct, pixel: Pixel.Type) {
  var position = 0
  while position < Winograd.positions {
    // All groups and rows of one position before the next position, whose tiles and weights come from the
    // third-level cache.
    var group = 0
    while group < product.groups {
      var channel = 0
      while channel < product.group {
        var row = 0
        while row < product.rows {
          var first = 0
          while first < product.tiles {
            let count = blockSize(product.tiles &- first, limit: Pixel.Level.WideTile.pixels)
            multiplyBlock(
              (product, position, group, channel, row, first), count: count, pixel: pixel)
            first &+= count
          }
          row &+= 1
        }
        channel &+= Pixel.outputs
      }
      group &+= 1
    }
    position &+= 1
  }
}

/// The next block of `rest` tiles: blocks are as even as can be (32 tiles are 11, 11 and 10, not 14,
/// 14 and 4). With 16 registers 6 is better than 5, which has no register tile of its own.
@_alwaysEmitIntoClient @inline(__always)
func blockSize(_ rest: Int, limit: Int) -> Int {
  let blocks = (rest &+ limit &- 1) / limit
  let even = (rest &+ blocks &- 1) / blocks
  return even == 5 && limit == 6 && rest > 5 ? 6 : even
}

/// A register tile's place in a product: its first tile, of a row, at a position, for some channels
/// of a group.
@usableFromInline typealias ProductPlace = (
  product: WinogradProduct, position: Int, group: Int, channel: Int, row: Int, first: Int
)

/// Picks the register tile of exactly `count` units.
@_alwaysEmitIntoClient @inline(__always)
func multiplyBlock<Pixel: RegisterTile>(_ at: ProductPlace, count: Int, pixel: Pixel.Type) {
  switch count {
  case 1: multiply(at, Pixel.self)
  case 2: multiply(at, TwoPixels<Pixel>.self)
  case 3: multiply(at, Joined<TwoPixels<Pixel>, Pixel>.self)
  case 4: multiply(at, FourPixels<Pixel>.self)
  case 5:
    // Ten sums leave the compiler room to unroll, and then too few registers: they spill.
    multiply(at, Joined<TwoPixels<Pixel>, Pixel>.self)
    var rest = at
    rest.first &+= 3
    multiply(rest, TwoPixels<Pixel>.self)
  case 6: multiply(at, SixPixels<Pixel>.self)
  default:
    // This condition is a constant of the level: where registers are few, the rest is not compiled.
    guard Pixel.Level.WideTile.pixels > 6 else { return }
    switch count {
    case 7: multiply(at, Joined<SixPixels<Pixel>, Pixel>.self)
    case 8: multiply(at, EightPixels<Pixel>.self)
    case 9: multiply(at, Joined<EightPixels<Pixel>, Pixel>.self)
    case 10: multiply(at, Joined<EightPixels<Pixel>, TwoPixels<Pixel>>.self)
    case 11: multiply(at, Joined<EightPixels<Pixel>, Joined<TwoPixels<Pixel>, Pixel>>.self)
    case 12: multiply(at, Joined<EightPixels<Pixel>, FourPixels<Pixel>>.self)
    case 13: multiply(at, Joined<EightPixels<Pixel>, Joined<FourPixels<Pixel>, Pixel>>.self)
    default: multiply(at, FourteenPixels<Pixel>.self)
    }
  }
}

/// One register tile: the reduction over all input channels at one position.
///
/// A function of its own for each tile: in one function with all the others the compiler runs out of
/// registers in the loop.
@_alwaysEmitIntoClient @inline(never)
func multiply<Tile: RegisterTile>(_ at: ProductPlace, _ tile: Tile.Type) {
  typealias Vector = Tile.Level.Vector
  let product = at.product
  let second = Tile.vectors == 2 ? Vector.scalarCount : 0
  let offset =
    at.position &* product.inputPositionStride &+ at.row &* product.inputRowStride
    &+ at.first &* channelBlock
  var weights =
    product.weights
    + (at.group &* product.weightGroupStride &+ at.position &* product.weightPositionStride
      &+ at.channel)
  let group = product.group
  // The first block of tiles prefetches the next position's weights. They take a page or more, and
  // hardware prefetchers stop at the end of each page.
  let ahead = at.first &+ at.row == 0 ? product.weightPositionStride : 0
  let output =
    product.output
    + (at.group &* product.outputGroupStride &+ at.position &* product.outputPositionStride
      &+ at.row &* product.outputRowStride &+ at.first &* group &+ at.channel)
  var sums = Tile(Vector(repeating: 0), Vector(repeating: 0))
  var block = 0
  while block < product.inputBlocks {
    let input = product.inputs[block] + offset
    let lanes = product.inputLanes[block]
    // The same tiles of the next block are a plane away, which hardware prefetchers do not predict.
    let next =
      block &+ 1 < product.inputBlocks
      ? product.inputs[block &+ 1] + offset : product.inputs[0] + (offset &+ Tile.pixels &* 16)
    var lane = 0
    // There is at least one lane. For a loop that might not run at all, the compiler copies all sums.
    repeat {
      sums.accumulate(
        input + lane, loadVector(weights, as: Vector.self),
        loadVector(weights + second, as: Vector.self))
      ck_prefetch(next + lane &* channelBlock)
      ck_prefetch_far(weights + ahead)
      ck_prefetch_far(weights + (ahead &+ second))
      weights += group
      lane &+= 1
    } while lane < lanes
    if Tile.isInteger, let scales = product.scales {
      endGroup(&sums, of: block, at, scales, output)
    }
    block &+= 1
  }
  sums.store(output, stride: group)
}

/// Ends a group of channels; flags that are constants here let the compiler leave out what they
/// exclude.
@_alwaysEmitIntoClient @inline(__always)
func endGroup<Tile: RegisterTile>(
  _ sums: inout Tile, of block: Int, _ at: ProductPlace, _ scales: ProductScales,
  _ output: UnsafeMutablePointer<Float>
) {
  typealias Vector = Tile.Level.Vector
  let product = at.product
  let weights =
    scales.weights
    + (at.group &* product.weightGroupStride
      &+ (at.position &* product.inputBlocks &+ block) &* product.group &+ at.channel)
  let second = Tile.vectors == 2 ? Vector.scalarCount : 0
  // Like the weights, the next position's scales are prefetched by the first block of tiles.
  if at.first &+ at.row == 0 {
    let ahead = product.inputBlocks &* product.group
    ck_prefetch_far(weights + ahead)
    ck_prefetch_far(weights + (ahead &+ second))
  }
  @inline(always) func end(isFirst: Bool) {
    sums.endGroup(
      GroupEnd(
        output: output, stride: product.group,
        scales: scales.inputs[block]
          + (at.row &* scales.inputRowStride &+ at.first &* Winograd.positions &+ at.position),
        weightScale0: loadVector(weights, as: Vector.self),
        weightScale1: loadVector(weights + second, as: Vector.self), isFirst: isFirst))
  }
  if block == 0 { end(isFirst: true) } else { end(isFirst: false) }
}

/// `multiplyTiles` at the baseline.
@inline(never)
public func multiplyTilesBaseline(_ product: UnsafePointer<WinogradProduct>) {
  multiplyTiles(product.pointee, level: Baseline.self)
}
