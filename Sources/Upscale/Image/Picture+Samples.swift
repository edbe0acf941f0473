extension Picture {
  /// The same picture with samples of another depth, rounded to nearest.
  package func converted(to depth: Depth) -> Picture {
    guard depth != self.depth else { return self }
    var result = Picture(
      width: width, height: height, layout: layout, depth: depth,
      bytes: [UInt8](repeating: 0, count: height * width * layout.rawValue * depth.byteCount),
      iccProfile: iccProfile)
    let count = width * height * layout.rawValue
    bytes.withUnsafeBytes { source in
      result.bytes.withUnsafeMutableBytes { target in
        for index in 0..<count {
          storeSample(
            loadSample(source, at: index, self.depth), as: depth, from: self.depth, in: target,
            atByte: index * depth.byteCount)
        }
      }
    }
    return result
  }
}

/// The sample at an index, in its own depth.
@inline(__always)
func loadSample(_ bytes: UnsafeRawBufferPointer, at index: Int, _ depth: Picture.Depth) -> Int {
  switch depth {
  case .eight: Int(bytes[index])
  case .sixteen: Int(bytes.loadUnaligned(fromByteOffset: 2 * index, as: UInt16.self))
  }
}

/// Stores a sample of one depth as one of another, rounded to nearest.
@inline(__always)
func storeSample(
  _ value: Int, as depth: Picture.Depth, from source: Picture.Depth,
  in bytes: UnsafeMutableRawBufferPointer, atByte offset: Int
) {
  switch (source, depth) {
  case (.eight, .eight): bytes[offset] = UInt8(truncatingIfNeeded: value)
  case (.sixteen, .eight): bytes[offset] = UInt8(truncatingIfNeeded: (value + 128) / 257)
  case (.eight, .sixteen):
    bytes.storeBytes(
      of: UInt16(truncatingIfNeeded: value * 257), toByteOffset: offset, as: UInt16.self)
  case (.sixteen, .sixteen):
    bytes.storeBytes(of: UInt16(truncatingIfNeeded: value), toByteOffset: offset, as: UInt16.self)
  }
}

/// Copies `count` samples of `size` bytes from every `sourceStep`th place to every `targetStep`th.
func moveSamples(
  _ source: Slice<UnsafeRawBufferPointer>, every sourceStep: Int,
  to target: UnsafeMutableRawBufferPointer, every targetStep: Int, count: Int, size: Int
) {
  let source = UnsafeRawBufferPointer(rebasing: source)
  for index in 0..<count {
    for byte in 0..<size {
      target[index * targetStep * size + byte] = source[index * sourceStep * size + byte]
    }
  }
}
