public import CKernelIntrinsics

/// The input transform of one row of tiles for one block of 16 channels.
public struct WinogradInput {
  /// Six rows of pixels, each at the column left of the first tile. Rows beyond the picture point
  /// to zeros; an enlarged row is pointed to twice.
  public var rows: UnsafePointer<UnsafePointer<Float>>
  public var tiles: Int
  /// Whether the rows are to be read as enlarged by two (nearest neighbour): tile t's window then
  /// starts at pixel 2t - 1.
  public var isEnlarged: Bool
  /// `[position][tile][16]`, at the first tile.
  public var output: UnsafeMutablePointer<Float>
  /// Floats from one position to the next.
  public var positionStride: Int

  public init(
    rows: UnsafePointer<UnsafePointer<Float>>, tiles: Int, isEnlarged: Bool,
    output: UnsafeMutablePointer<Float>, positionStride: Int
  ) {
    self.rows = rows
    self.tiles = tiles
    self.isEnlarged = isEnlarged
    self.output = output
    self.positionStride = positionStride
  }
}

@_alwaysEmitIntoClient @inline(__always)
public func transformInput<Level: KernelLevel>(_ input: WinogradInput, level: Level.Type) {
  let (columns, step) = windowPixels(isEnlarged: input.isEnlarged)
  var tile = 0
  while tile < input.tiles {
    transformWindow(
      input.rows, at: tile &* step &* channelBlock, columns: columns,
      output: input.output + tile &* channelBlock, stride: input.positionStride, level: level)
    tile &+= 1
  }
}

/// The pixel of each window column, counted from the window's first, and the pixels from one tile's
/// window to the next.
@_alwaysEmitIntoClient @inline(__always)
func windowPixels(isEnlarged: Bool) -> (columns: Six<Int>, step: Int) {
  isEnlarged ? ((0, 1, 1, 2, 2, 3), 2) : ((0, 1, 2, 3, 4, 5), 4)
}

/// Transforms the window of one tile.
@_alwaysEmitIntoClient @inline(__always)
func transformWindow<Level: KernelLevel>(
  _ rows: UnsafePointer<UnsafePointer<Float>>, at: Int, columns: Six<Int>,
  output: UnsafeMutablePointer<Float>, stride: Int, level: Level.Type
) {
  typealias V = Level.Vector
  // Hardware prefetchers do not recognise that lines are read one after the other, since there are many
  // streams.
  var row = 0
  while row < 6 {
    let ahead = rows[row] + (at &+ 10 &* channelBlock)
    ck_prefetch(ahead)
    ck_prefetch(ahead + channelBlock)
    ck_prefetch(ahead + 2 &* channelBlock)
    ck_prefetch(ahead + 3 &* channelBlock)
    row &+= 1
  }
  var lane = 0
  while lane < channelBlock {
    let at = at &+ lane
    let output = output + lane
    // Three columns at a time: 18 vectors and the work on them fit in 32 registers.
    store(
      low(rows[0] + at, columns, level), low(rows[1] + at, columns, level),
      low(rows[2] + at, columns, level), low(rows[3] + at, columns, level),
      low(rows[4] + at, columns, level), low(rows[5] + at, columns, level),
      output, stride, level)
    store(
      high(rows[0] + at, columns, level), high(rows[1] + at, columns, level),
      high(rows[2] + at, columns, level), high(rows[3] + at, columns, level),
      high(rows[4] + at, columns, level), high(rows[5] + at, columns, level),
      output + 3 &* stride, stride, level)
    lane &+= V.scalarCount
  }
}

/// A window line's six pixels.
@_alwaysEmitIntoClient @inline(__always)
func line<Level: KernelLevel>(
  _ pixel: UnsafePointer<Float>, _ columns: Six<Int>, _ level: Level.Type
) -> Six<Level.Vector> {
  @inline(always) func load(_ column: Int) -> Level.Vector {
    loadVector(pixel + column &* channelBlock, as: Level.Vector.self)
  }
  return (
    load(columns.0), load(columns.1), load(columns.2), load(columns.3), load(columns.4),
    load(columns.5)
  )
}

@_alwaysEmitIntoClient @inline(__always)
func low<Level: KernelLevel>(
  _ pixel: UnsafePointer<Float>, _ columns: Six<Int>, _ level: Level.Type
) -> Three<Level.Vector> {
  Level.inputLow(line(pixel, columns, level))
}

@_alwaysEmitIntoClient @inline(__always)
func high<Level: KernelLevel>(
  _ pixel: UnsafePointer<Float>, _ columns: Six<Int>, _ level: Level.Type
) -> Three<Level.Vector> {
  Level.inputHigh(line(pixel, columns, level))
}

/// Transforms three columns of six and stores their 18 positions.
@_alwaysEmitIntoClient @inline(__always)
func store<Level: KernelLevel>(
  _ r0: Three<Level.Vector>, _ r1: Three<Level.Vector>, _ r2: Three<Level.Vector>,
  _ r3: Three<Level.Vector>, _ r4: Three<Level.Vector>, _ r5: Three<Level.Vector>,
  _ output: UnsafeMutablePointer<Float>, _ stride: Int, _ level: Level.Type
) {
  storeColumn((r0.0, r1.0, r2.0, r3.0, r4.0, r5.0), output, stride, level)
  storeColumn((r0.1, r1.1, r2.1, r3.1, r4.1, r5.1), output + stride, stride, level)
  storeColumn((r0.2, r1.2, r2.2, r3.2, r4.2, r5.2), output + 2 &* stride, stride, level)
}

@_alwaysEmitIntoClient @inline(__always)
func storeColumn<Level: KernelLevel>(
  _ column: Six<Level.Vector>, _ output: UnsafeMutablePointer<Float>, _ stride: Int,
  _ level: Level.Type
) {
  let low = Level.inputLow(column)
  storeVector(low.0, output)
  storeVector(low.1, output + 6 &* stride)
  storeVector(low.2, output + 12 &* stride)
  let high = Level.inputHigh(column)
  storeVector(high.0, output + 18 &* stride)
  storeVector(high.1, output + 24 &* stride)
  storeVector(high.2, output + 30 &* stride)
}

/// `transformInput` at the baseline.
@inline(never)
public func transformInputBaseline(_ input: UnsafePointer<WinogradInput>) {
  transformInput(input.pointee, level: Baseline.self)
}
