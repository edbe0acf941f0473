/// Resizes rows as they come and keeps only those that the next output row still needs.
///
/// Rows go in from the top by `push`, and come out from the top by `write`, each once.
///
/// It holds closures instead of a protocol: through a witness table, the generic code would not be
/// specialised for its types, and would take a hundred times as long.
package final class RowResizer {
  private let needed: (Int) -> Int?
  private let last: (Int) -> Int
  private let take: (UnsafeRawBufferPointer) -> Void
  private let give: (Int, UnsafeMutableRawBufferPointer) -> Void

  fileprivate init<Pixel, Sample>(_ resizer: LanczosResizer<Pixel, Sample>) {
    needed = { resizer.rowNeeded(for: $0) }
    last = { resizer.lastRowNeeded(for: $0) }
    take = { resizer.push($0) }
    give = { resizer.write(row: $0, into: $1) }
  }

  /// A resizer for rows of this kind.
  package convenience init(from source: RowFormat, width: Int, height: Int) {
    switch (source.layout.isGray, source.depth) {
    case (true, .eight):
      self.init(LanczosResizer<SIMD2<Float>, UInt8>(source, width: width, height: height))
    case (true, .sixteen):
      self.init(LanczosResizer<SIMD2<Float>, UInt16>(source, width: width, height: height))
    case (false, .eight):
      self.init(LanczosResizer<SIMD4<Float>, UInt8>(source, width: width, height: height))
    case (false, .sixteen):
      self.init(LanczosResizer<SIMD4<Float>, UInt16>(source, width: width, height: height))
    }
  }

  /// Bytes that a resizer's rows take.
  package static func byteCount(from source: RowFormat, width: Int, height: Int) -> Int {
    let pixel = source.layout.isGray ? 8 : 16
    let taps = { (old: Int, new: Int) in
      6 * max(1, (old + new - 1) / new) + 2
    }
    let filters =
      (width * (taps(source.width, width) * 3 + 2) + height * taps(source.height, height) * 3) * 4
    return (source.width + (taps(source.height, height) + 1) * width) * pixel + filters
  }

  /// The next row to push before output row `y` can be written, or nil when it can be.
  package func rowNeeded(for y: Int) -> Int? { needed(y) }

  /// The last row that output row `y` reads.
  package func lastRowNeeded(for y: Int) -> Int { last(y) }

  /// Takes the next row of the source; rows that no output row reads may be pushed too.
  package func push(_ row: UnsafeRawBufferPointer) { take(row) }

  /// Writes output row `y`.
  package func write(row y: Int, into target: UnsafeMutableRawBufferPointer) { give(y, target) }
}

/// `Pixel` has one lane for each channel; the last lane is alpha if there is one.
private final class LanczosResizer<
  Pixel: SIMD<Float>, Sample: FixedWidthInteger & BitwiseCopyable
> {
  private let columns: ResamplingFilter
  private let rows: ResamplingFilter
  private let channels: Int
  private let hasAlpha: Bool
  private let maximum = Float(Sample.max)
  private let width: Int
  private var unpacked: [Pixel]
  /// Row `y` of the source at its new width is at place `y % tapCount`.
  private var ring: [Pixel]
  private var sums: [Pixel]
  private var nextRow = 0
  private let sourceByteCount: Int

  init(_ source: RowFormat, width: Int, height: Int) {
    columns = ResamplingFilter(from: source.width, to: width)
    rows = ResamplingFilter(from: source.height, to: height)
    channels = source.layout.rawValue
    hasAlpha = source.layout.hasAlpha
    self.width = width
    sourceByteCount = source.rowByteCount
    unpacked = [Pixel](repeating: .zero, count: source.width)
    ring = [Pixel](repeating: .zero, count: rows.tapCount * width)
    sums = [Pixel](repeating: .zero, count: width)
  }

  func rowNeeded(for y: Int) -> Int? {
    nextRow < rows.starts[y] + rows.tapCount ? nextRow : nil
  }

  func lastRowNeeded(for y: Int) -> Int { rows.starts[y] + rows.tapCount - 1 }

  func push(_ row: UnsafeRawBufferPointer) {
    precondition(row.count == sourceByteCount)
    unpack(
      row, as: Sample.self, channels: channels, hasAlpha: hasAlpha, scale: 1 / maximum,
      into: &unpacked)
    stretch(
      unpacked, by: columns, maximum: maximum, alpha: hasAlpha ? channels - 1 : nil, into: &ring,
      at: nextRow % rows.tapCount * width, count: width)
    nextRow += 1
  }

  func write(row y: Int, into target: UnsafeMutableRawBufferPointer) {
    precondition(target.count == width * channels * MemoryLayout<Sample>.size)
    for tap in 0..<rows.tapCount {
      accumulate(
        ring, at: (rows.starts[y] + tap) % rows.tapCount * width,
        weight: rows.weights[y * rows.tapCount + tap], into: &sums, isFirst: tap == 0)
    }
    pack(
      sums, as: Sample.self, channels: channels, hasAlpha: hasAlpha, maximum: maximum,
      into: target)
  }
}

/// Samples as floats; with alpha, that scaled to 0...1 and the colour multiplied by it.
@inline(__always)
private func unpack<Pixel: SIMD<Float>, Sample: FixedWidthInteger & BitwiseCopyable>(
  _ source: UnsafeRawBufferPointer, as: Sample.Type, channels: Int, hasAlpha: Bool,
  scale: Float, into pixels: inout [Pixel]
) {
  var offset = 0
  for x in pixels.indices {
    var pixel = Pixel.zero
    for channel in 0..<channels {
      pixel[channel] = Float(source.loadUnaligned(fromByteOffset: offset, as: Sample.self))
      offset += MemoryLayout<Sample>.size
    }
    if hasAlpha {
      let alpha = pixel[channels - 1] * scale
      pixel *= alpha
      pixel[channels - 1] = alpha
    }
    pixels[x] = pixel
  }
}

/// One row at its new width. Overshoots beside hard edges are clamped, so that those of rows and of columns do
/// not multiply where two edges meet.
@inline(__always)
private func stretch<Pixel: SIMD<Float>>(
  _ row: [Pixel], by filter: ResamplingFilter, maximum: Float, alpha: Int?,
  into ring: inout [Pixel], at place: Int, count: Int
) {
  let taps = filter.tapCount
  row.withUnsafeBufferPointer { row in
    filter.weights.withUnsafeBufferPointer { weights in
      for x in 0..<count {
        let start = filter.starts[x]
        precondition(start >= 0 && start + taps <= row.count)
        var sum = Pixel.zero
        for tap in 0..<taps {
          sum += row[start + tap] * weights[x * taps + tap]
        }
        ring[place + x] = clamped(sum, maximum: maximum, alpha: alpha)
      }
    }
  }
}

/// A pixel in the range of samples; with alpha, that is 0...1, and the colour at most `maximum` times that.
@inline(__always)
private func clamped<Pixel: SIMD<Float>>(_ pixel: Pixel, maximum: Float, alpha: Int?) -> Pixel {
  guard let alpha else {
    return pixel.clamped(lowerBound: .zero, upperBound: Pixel(repeating: maximum))
  }
  var pixel = pixel
  let value = pixel[alpha]
  // More than opaque is opaque, in the same colour.
  if value > 1 { pixel /= value }
  let opacity = min(max(value, 0), 1)
  pixel.clamp(lowerBound: .zero, upperBound: Pixel(repeating: maximum * opacity))
  pixel[alpha] = opacity
  return pixel
}

@inline(__always)
private func accumulate<Pixel: SIMD<Float>>(
  _ ring: [Pixel], at place: Int, weight: Float, into sums: inout [Pixel], isFirst: Bool
) {
  precondition(place + sums.count <= ring.count)
  ring.withUnsafeBufferPointer { ring in
    sums.withUnsafeMutableBufferPointer { sums in
      for x in sums.indices {
        let part = ring[place + x] * weight
        sums[x] = isFirst ? part : sums[x] + part
      }
    }
  }
}

/// Back to samples: colour divided by alpha, rounded to nearest, clamped.
@inline(__always)
private func pack<Pixel: SIMD<Float>, Sample: FixedWidthInteger & BitwiseCopyable>(
  _ pixels: [Pixel], as: Sample.Type, channels: Int, hasAlpha: Bool, maximum: Float,
  into target: UnsafeMutableRawBufferPointer
) {
  var offset = 0
  for x in pixels.indices {
    var pixel = pixels[x]
    if hasAlpha {
      let alpha = pixel[channels - 1]
      // Less than half a level of alpha rounds to invisible, whose colour is black.
      pixel = alpha * maximum < 0.5 ? .zero : pixel / alpha
      pixel[channels - 1] = max(alpha, 0) * maximum
    }
    for channel in 0..<channels {
      let value = min(max(pixel[channel], 0), maximum) + 0.5
      target.storeBytes(of: Sample(value), toByteOffset: offset, as: Sample.self)
      offset += MemoryLayout<Sample>.size
    }
  }
}
