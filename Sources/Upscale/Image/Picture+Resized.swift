extension Picture {
  /// The picture at another size: Lanczos-3, antialiased when shrinking.
  ///
  /// Samples are weighted by their alpha, so that the colour of invisible pixels does not bleed
  /// into visible ones. The arithmetic is in single precision, the same on every CPU, with one
  /// rounding at the end. Beside the result it takes memory for some rows only.
  ///
  /// - Precondition: Both sides are positive.
  /// - Complexity: O(*n* · *t*), *n* the samples of source and result, *t* the filter's taps: 6, or
  ///   6 times the factor of shrinking.
  public func resized(width newWidth: Int, height newHeight: Int) -> Picture {
    precondition(newWidth > 0 && newHeight > 0, "a picture has at least one pixel")
    guard newWidth != width || newHeight != height else { return self }
    let size = newWidth * newHeight * layout.rawValue * depth.byteCount
    let resized = [UInt8](unsafeUninitializedCapacity: size) { target, count in
      bytes.withUnsafeBytes { source in
        let target = UnsafeMutableRawBufferPointer(
          UnsafeMutableBufferPointer(rebasing: target[..<size]))
        let width = (width, newWidth)
        let height = (height, newHeight)
        switch (layout.isGray, depth) {
        case (true, .eight):
          resample(SIMD2<Float>.self, UInt8.self, layout, width, height, source, target)
        case (true, .sixteen):
          resample(SIMD2<Float>.self, UInt16.self, layout, width, height, source, target)
        case (false, .eight):
          resample(SIMD4<Float>.self, UInt8.self, layout, width, height, source, target)
        case (false, .sixteen):
          resample(SIMD4<Float>.self, UInt16.self, layout, width, height, source, target)
        }
      }
      count = size
    }
    return Picture(
      width: newWidth, height: newHeight, layout: layout, depth: depth, bytes: resized,
      iccProfile: iccProfile)
  }
}

/// Resizes rows as they come and keeps only those that the next output row still needs.
///
/// `Pixel` has one lane for each channel; the last lane is alpha if there is one.
private func resample<Pixel: SIMD<Float>, Sample: FixedWidthInteger & BitwiseCopyable>(
  _: Pixel.Type, _: Sample.Type, _ layout: Picture.Layout, _ width: (old: Int, new: Int),
  _ height: (old: Int, new: Int), _ source: UnsafeRawBufferPointer,
  _ target: UnsafeMutableRawBufferPointer
) {
  let columns = ResamplingFilter(from: width.old, to: width.new)
  let rows = ResamplingFilter(from: height.old, to: height.new)
  let channels = layout.rawValue
  let maximum = Float(Sample.max)
  precondition(source.count == width.old * height.old * channels * MemoryLayout<Sample>.size)
  precondition(target.count == width.new * height.new * channels * MemoryLayout<Sample>.size)

  var unpacked = [Pixel](repeating: .zero, count: width.old)
  /// Row `y` of the source at its new width is at place `y % tapCount`.
  var ring = [Pixel](repeating: .zero, count: rows.tapCount * width.new)
  var sums = [Pixel](repeating: .zero, count: width.new)
  var nextRow = 0
  for y in 0..<height.new {
    let start = rows.starts[y]
    nextRow = max(nextRow, start)
    while nextRow < start + rows.tapCount {
      unpack(
        source, row: nextRow, as: Sample.self, channels: channels, hasAlpha: layout.hasAlpha,
        scale: 1 / maximum, into: &unpacked)
      let place = nextRow % rows.tapCount * width.new
      stretch(unpacked, by: columns, into: &ring, at: place, count: width.new)
      nextRow += 1
    }
    for tap in 0..<rows.tapCount {
      let weight = rows.weights[y * rows.tapCount + tap]
      let place = (start + tap) % rows.tapCount * width.new
      accumulate(ring, at: place, weight: weight, into: &sums, isFirst: tap == 0)
    }
    pack(
      sums, row: y, as: Sample.self, channels: channels, hasAlpha: layout.hasAlpha,
      maximum: maximum, into: target)
  }
}

/// Samples as floats; with alpha, that scaled to 0...1 and the colour multiplied by it.
@inline(__always)
private func unpack<Pixel: SIMD<Float>, Sample: FixedWidthInteger & BitwiseCopyable>(
  _ source: UnsafeRawBufferPointer, row: Int, as: Sample.Type, channels: Int, hasAlpha: Bool,
  scale: Float, into pixels: inout [Pixel]
) {
  var offset = row * pixels.count * channels * MemoryLayout<Sample>.size
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

/// One row at its new width.
@inline(__always)
private func stretch<Pixel: SIMD<Float>>(
  _ row: [Pixel], by filter: ResamplingFilter, into ring: inout [Pixel], at place: Int, count: Int
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
        ring[place + x] = sum
      }
    }
  }
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
  _ pixels: [Pixel], row: Int, as: Sample.Type, channels: Int, hasAlpha: Bool, maximum: Float,
  into target: UnsafeMutableRawBufferPointer
) {
  var offset = row * pixels.count * channels * MemoryLayout<Sample>.size
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
