/// The input transform of one row of tiles for a group of 32 channels, to 16-bit integers.
///
/// Each tile has, at each position, a scale of its own, taken from the values themselves; see
/// `IntegerLevel.unit`.
public struct IntegerInput {
  /// As `WinogradInput.rows`, for the first and the second block of 16 channels; where there is no
  /// second, rows of zeros.
  public var first: UnsafePointer<UnsafePointer<Float>>
  public var second: UnsafePointer<UnsafePointer<Float>>
  public var tiles: Int
  public var isEnlarged: Bool
  /// `[position][tile][16]`, each element a channel of the first block (the low half) and the same
  /// of the second.
  public var output: UnsafeMutablePointer<Float>
  /// Elements from one position to the next.
  public var positionStride: Int
  /// The scales: the value of the integer 1, `[tile][position]`.
  public var scales: UnsafeMutablePointer<Float>
  /// `integerScratch` floats.
  public var scratch: UnsafeMutablePointer<Float>

  public init(
    first: UnsafePointer<UnsafePointer<Float>>, second: UnsafePointer<UnsafePointer<Float>>,
    tiles: Int, isEnlarged: Bool, output: UnsafeMutablePointer<Float>, positionStride: Int,
    scales: UnsafeMutablePointer<Float>, scratch: UnsafeMutablePointer<Float>
  ) {
    self.first = first
    self.second = second
    self.tiles = tiles
    self.isEnlarged = isEnlarged
    self.output = output
    self.positionStride = positionStride
    self.scales = scales
    self.scratch = scratch
  }
}

/// Floats of scratch memory that `transformIntegerInput` needs: a tile in floats, and the inverses of
/// its scales in whole lines of the cache.
public let integerScratch = (2 * Winograd.positions + 3) * channelBlock

@_alwaysEmitIntoClient @inline(__always)
public func transformIntegerInput<Level: IntegerLevel>(
  _ input: IntegerInput, level: Level.Type
) {
  let (columns, step) = windowPixels(isEnlarged: input.isEnlarged)
  let values = input.scratch
  let inverses = values + Winograd.positions &* 2 &* channelBlock
  var tile = 0
  while tile < input.tiles {
    transformWindow(
      input.first, at: tile &* step &* channelBlock, columns: columns, output: values,
      stride: 2 &* channelBlock, level: level)
    transformWindow(
      input.second, at: tile &* step &* channelBlock, columns: columns,
      output: values + channelBlock, stride: 2 &* channelBlock, level: level)
    findScales(
      values, scales: input.scales + tile &* Winograd.positions, inverses: inverses,
      level: level)
    round(
      values, inverses: inverses, output: input.output + tile &* channelBlock,
      stride: input.positionStride, level: level)
    tile &+= 1
  }
}

/// Each position's scale and its inverse.
@_alwaysEmitIntoClient @inline(__always)
func findScales<Level: IntegerLevel>(
  _ values: UnsafePointer<Float>, scales: UnsafeMutablePointer<Float>,
  inverses: UnsafeMutablePointer<Float>, level: Level.Type
) {
  typealias V = Level.Vector
  let stride = 2 &* channelBlock
  var position = 0
  while position &+ V.scalarCount <= Winograd.positions {
    let unit = Level.unit(
      Level.squares(values + position &* stride, stride: stride), norm: inputNorm)
    storeVector(unit, scales + position)
    storeVector(V(repeating: 1) / unit, inverses + position)
    position &+= V.scalarCount
  }
  // The last four, at every level.
  let unit = Level.unit(
    Level.squaresOfFour(values + position &* stride, stride: stride), norm: inputNorm)
  // The buffer of inverses has room for unused lanes, but that of scales does not.
  storeVector(V(repeating: 1) / unit, inverses + position)
  var lane = 0
  while lane < 4 {
    scales[position &+ lane] = unit[lane]
    lane &+= 1
  }
}

/// Rounds each position's 32 values to integers and packs them in pairs.
@_alwaysEmitIntoClient @inline(__always)
func round<Level: IntegerLevel>(
  _ values: UnsafePointer<Float>, inverses: UnsafePointer<Float>,
  output: UnsafeMutablePointer<Float>, stride: Int, level: Level.Type
) {
  typealias V = Level.Vector
  var position = 0
  while position < Winograd.positions {
    let inverse = V(repeating: inverses[position])
    let source = values + position &* 2 &* channelBlock
    let target = output + position &* stride
    var lane = 0
    while lane < channelBlock {
      let first = Level.rounded(loadVector(source + lane, as: V.self), inverse: inverse)
      let second = Level.rounded(
        loadVector(source + (channelBlock &+ lane), as: V.self), inverse: inverse)
      storeVector(Level.pairs(first, second), target + lane)
      lane &+= V.scalarCount
    }
    position &+= 1
  }
}
