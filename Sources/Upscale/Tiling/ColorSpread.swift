import Pictures
import SystemSupport

/// Spreads the visible colours under transparent pixels, by rows, so that the network sees no edge between
/// them and whatever colour is stored where nothing is seen.
///
/// A transparent pixel gets the mean of the visible colours around it. Their weight is alpha, halved with
/// each step across and each step down; far from all of them a pixel gets the picture's mean colour. Colours
/// of a pixel that is nearly transparent are rounded coarsely by most programs, so they count in part only.
///
/// Rows come in blocks, so that the colours below can be added up from the bottom of the next block: what a
/// pixel gets depends on its place in the picture and the rows up to there, not on tiles and threads.
final class ColorSpread {
  private let format: RowFormat
  private let color: SIMD4<Float>
  private let next: RowSink
  /// Rows as they came.
  private let waiting: ByteBuffer
  /// For each row that waits: what its own pixels give to each place of it, `[row][x]`.
  private let own: ByteBuffer
  /// What rows below give to each pixel of a block.
  private let below: ByteBuffer
  /// What all rows above the next one give.
  private let above: ByteBuffer
  /// What all rows below one give, while they are added up.
  private let carry: ByteBuffer
  /// Rows that wait: of one block, and of the next one in part.
  private var held = 0..<0

  /// Rows of a block, and the least distance below that colours reach over.
  static let blockRows = 16
  /// How much less a colour weighs a pixel further.
  private static let decay: Float = 0.5
  /// The weight of the picture's mean colour, where an opaque pixel's is 1: that of 14 pixels' distance.
  private static let meanWeight: Float = 1 / 16384
  /// Alpha from which a pixel's colour is kept as it is, 0…1, for networks that see colours alone.
  static let usualTrustedAlpha: Float = 16 / 255
  private let trustedAlpha: Float

  /// - Parameters:
  ///   - format: the rows that come; with alpha.
  ///   - color: the picture's mean colour, 0…1.
  ///   - trustedAlpha: alpha from which a pixel's colour is kept as it is, 0…1; 0 where only the colours of
  ///     invisible pixels are replaced.
  ///   - next: takes the rows.
  /// - Throws: `.memory` without memory.
  init(
    _ format: RowFormat, color: SIMD3<Float>, trustedAlpha: Float,
    next: @escaping RowSink
  ) throws(UpscaleError) {
    self.format = format
    self.trustedAlpha = trustedAlpha
    self.color = SIMD4(color, 1) * Self.meanWeight
    self.next = next
    waiting = try ByteBuffer(
      count: 2 * Self.blockRows * format.rowByteCount, for: "input rows")
    let sums = Self.sumsByteCount(format)
    own = try ByteBuffer(count: 2 * Self.blockRows * sums, for: "input rows")
    below = try ByteBuffer(count: Self.blockRows * sums, for: "input rows")
    above = try ByteBuffer(count: sums, for: "input rows")
    carry = try ByteBuffer(count: sums, for: "input rows")
  }

  static func byteCount(_ format: RowFormat) -> Int {
    2 * blockRows * format.rowByteCount + (3 * blockRows + 2) * sumsByteCount(format)
  }

  private static func sumsByteCount(_ format: RowFormat) -> Int {
    format.width * MemoryLayout<SIMD4<Float>>.stride
  }

  /// Takes rows; hands on those whose colours can be told.
  func take(_ rows: UnsafeRawBufferPointer) throws(UpscaleError) {
    let rowSize = format.rowByteCount
    for start in stride(from: 0, to: rows.count, by: rowSize) {
      let place = held.upperBound % (2 * Self.blockRows)
      waitingRow(place).copyMemory(
        from: UnsafeRawBufferPointer(rebasing: rows[start..<start + rowSize]))
      switch format.depth {
      case .eight: gather(place, of: UInt8.self)
      case .sixteen: gather(place, of: UInt16.self)
      }
      held = held.lowerBound..<held.upperBound + 1
      if held.count == 2 * Self.blockRows { try give() }
    }
    while held.upperBound == format.height, !held.isEmpty { try give() }
  }

  private func waitingRow(_ place: Int) -> UnsafeMutableRawBufferPointer {
    let rowSize = format.rowByteCount
    return UnsafeMutableRawBufferPointer(
      rebasing: waiting.bytes[place * rowSize..<(place + 1) * rowSize])
  }

  /// Sums of red, green, blue and weight.
  private func pixels(_ buffer: ByteBuffer, row: Int) -> UnsafeMutableBufferPointer<SIMD4<Float>> {
    let size = Self.sumsByteCount(format)
    return UnsafeMutableRawBufferPointer(rebasing: buffer.bytes[row * size..<(row + 1) * size])
      .assumingMemoryBound(to: SIMD4<Float>.self)
  }

  /// Adds up a row's colours along the row, from the left and from the right.
  @inline(__always)
  private func gather<Sample: FixedWidthInteger & BitwiseCopyable>(_ place: Int, of: Sample.Type) {
    let samples = UnsafeRawBufferPointer(waitingRow(place)).assumingMemoryBound(to: Sample.self)
    let target = pixels(own, row: place)
    let channels = format.layout.rawValue
    let (green, blue) = format.layout.isGray ? (0, 0) : (1, 2)
    let scale = 1 / Float(Sample.max)
    /// A pixel's colour and 1, times its alpha.
    @inline(__always)
    func weighted(_ x: Int) -> SIMD4<Float> {
      let pixel = x * channels
      let alpha = Float(samples[pixel + channels - 1]) * scale
      return SIMD4(
        Float(samples[pixel]) * scale, Float(samples[pixel + green]) * scale,
        Float(samples[pixel + blue]) * scale, 1) * alpha
    }
    var sum = SIMD4<Float>.zero
    for x in 0..<format.width {
      sum = sum * Self.decay + weighted(x)
      target[x] = sum
    }
    sum = .zero
    for x in (0..<format.width).reversed() {
      // What lies to the right; the pixel itself was counted from the left.
      target[x] += sum * Self.decay
      sum = sum * Self.decay + weighted(x)
    }
  }

  /// Hands on a block.
  private func give() throws(UpscaleError) {
    let (first, last) = (held.lowerBound, held.prefix(Self.blockRows).upperBound)
    let (sums, carried) = (pixels(above, row: 0), pixels(carry, row: 0))
    for x in 0..<format.width { carried[x] = .zero }
    for y in held.reversed() {
      let source = pixels(own, row: y % (2 * Self.blockRows))
      if y < last { _ = pixels(below, row: y - first).update(fromContentsOf: carried) }
      for x in 0..<format.width { carried[x] = (carried[x] + source[x]) * Self.decay }
    }
    for y in first..<last {
      let place = y % (2 * Self.blockRows)
      let (source, under) = (pixels(own, row: place), pixels(below, row: y - first))
      for x in 0..<format.width { under[x] += sums[x] + source[x] }
      switch format.depth {
      case .eight: paint(place, UnsafeBufferPointer(under), of: UInt8.self)
      case .sixteen: paint(place, UnsafeBufferPointer(under), of: UInt16.self)
      }
      for x in 0..<format.width { sums[x] = (sums[x] + source[x]) * Self.decay }
    }
    // A block starts at one of two places, so that its rows lie one after the other.
    let start = first % (2 * Self.blockRows) * format.rowByteCount
    let size = (last - first) * format.rowByteCount
    held = last..<held.upperBound
    try next(UnsafeRawBufferPointer(rebasing: waiting.bytes[start..<start + size]))
  }

  /// Gives the pixels of a row that cannot be trusted the colour of those around them.
  @inline(__always)
  private func paint<Sample: FixedWidthInteger & BitwiseCopyable>(
    _ place: Int, _ sums: UnsafeBufferPointer<SIMD4<Float>>, of: Sample.Type
  ) {
    let samples = waitingRow(place).assumingMemoryBound(to: Sample.self)
    let channels = format.layout.rawValue
    let peak = Float(Sample.max)
    let trusted = trustedAlpha * peak
    for x in 0..<format.width {
      let pixel = x * channels
      let alpha = Float(samples[pixel + channels - 1])
      guard alpha == 0 || alpha < trusted else { continue }
      let sum = sums[x] + color
      let around = sum / sum.w * peak
      let share = alpha / trusted
      for channel in 0..<channels - 1 {
        // Nothing of what is invisible may count, not even as a product with zero.
        let value =
          alpha == 0
          ? around[channel]
          : around[channel] + (Float(samples[pixel + channel]) - around[channel]) * share
        samples[pixel + channel] = Sample(min(max(value, 0), peak) + 0.5)
      }
    }
  }
}
