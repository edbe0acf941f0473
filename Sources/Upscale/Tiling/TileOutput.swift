import Pictures

/// Writes a network's output rows into a picture's samples: crop to the tile's core, clamp,
/// round to nearest, red, green and blue back to gray where the picture is gray.
///
/// `@unchecked Sendable`: rows are disjoint, so threads write different bytes.
struct TileOutput: @unchecked Sendable {
  /// Some rows of the output picture, and which.
  let bytes: UnsafeMutableRawBufferPointer
  let rows: Range<Int>
  let format: RowFormat

  /// - Parameters:
  ///   - row: the row of the output picture.
  ///   - samples: pixels of this row from column `first` on, `[x][channels]`.
  ///   - first: the column of the first of these pixels.
  ///   - columns: columns of the output picture to write; those beyond its width are left out, as
  ///     are rows that are not held.
  ///   - channels: of the network: 1, 3, or 4 with alpha, which is left out where the picture has none.
  ///   - subject: what the network was applied to.
  /// - Returns: whether all samples are finite; those that are not are written as black or white.
  func write(
    row: Int, samples: UnsafePointer<Float>, from first: Int, columns: Range<Int>,
    channels: Int, of subject: NetworkSubject = .colors
  ) -> Bool {
    guard rows.contains(row) else { return true }
    let perPixel = format.layout.rawValue
    let end = min(columns.upperBound, format.width)
    let line = (row - rows.lowerBound) * format.width * perPixel
    for x in columns.lowerBound..<max(columns.lowerBound, end) {
      let pixel = samples + (x - first) * channels
      let index = line + x * perPixel
      if subject == .alpha {
        store(channels == 1 ? pixel[0] : luma(pixel), at: index + perPixel - 1)
        continue
      }
      if channels == 4, format.layout.hasAlpha { store(pixel[3], at: index + perPixel - 1) }
      if channels == 1 {
        if case .color(let color) = subject {
          store(pixel[0], at: index + color)
        } else {
          for color in 0..<format.layout.colorCount { store(pixel[0], at: index + color) }
        }
      } else if format.layout.isGray {
        store(luma(pixel), at: index)
      } else {
        for color in 0..<3 { store(pixel[color], at: index + color) }
      }
    }
    return Self.areFinite(
      samples + (columns.lowerBound - first) * channels,
      count: max(0, end - columns.lowerBound) * channels)
  }

  /// Rec. 601 luma, as every tool that turns colour into gray has it.
  @inline(__always)
  private func luma(_ pixel: UnsafePointer<Float>) -> Float {
    0.299 * pixel[0] + 0.587 * pixel[1] + 0.114 * pixel[2]
  }

  /// Whether there is no infinity or NaN: a loop of its own, which uses vectors.
  private static func areFinite(_ samples: UnsafePointer<Float>, count: Int) -> Bool {
    var special: UInt32 = 0
    for index in 0..<count {
      special |= samples[index].bitPattern & 0x7F80_0000 == 0x7F80_0000 ? 1 : 0
    }
    return special == 0
  }

  @inline(__always)
  private func store(_ value: Float, at index: Int) {
    // `max(0, .nan)` could be NaN, which does not convert; this comparison sends it to 0.
    let clamped = value > 0 ? min(value, 1) : 0
    switch format.depth {
    case .eight: bytes[index] = UInt8(clamped * 255 + 0.5)
    case .sixteen:
      bytes.storeBytes(
        of: UInt16(clamped * 65535 + 0.5), toByteOffset: 2 * index, as: UInt16.self)
    }
  }
}
