extension Picture {
  /// The same picture with samples of another depth, rounded to nearest.
  package func converted(to depth: Depth) -> Picture {
    guard depth != self.depth else { return self }
    var result = Picture(
      width: width, height: height, layout: layout, depth: depth,
      bytes: [UInt8](repeating: 0, count: height * width * layout.rawValue * depth.byteCount))
    result.color = color
    let count = width * height * layout.rawValue
    bytes.withUnsafeBytes { source in
      result.bytes.withUnsafeMutableBytes { target in
        copySamples(count, from: source, .init(self.depth), to: target, .init(depth))
      }
    }
    return result
  }
}

extension Picture.Depth {
  /// A sample of this depth in another one, rounded to nearest.
  @inline(__always)
  package func converted(_ sample: Int, to depth: Picture.Depth) -> Int {
    switch (self, depth) {
    case (.eight, .sixteen): sample * 257
    case (.sixteen, .eight): (sample + 128) / 257
    case (.eight, .eight), (.sixteen, .sixteen): sample
    }
  }
}

/// Copies samples, rounded to nearest where depths differ.
package func copySamples(
  _ count: Int, from source: UnsafeRawBufferPointer, _ from: SamplePlaces,
  to target: UnsafeMutableRawBufferPointer, _ to: SamplePlaces
) {
  for index in 0..<count {
    let (read, write) = (from.first + index * from.step, to.first + index * to.step)
    let value =
      switch from.depth {
      case .eight: Int(source[read])
      case .sixteen: Int(source.loadUnaligned(fromByteOffset: 2 * read, as: UInt16.self))
      }
    let converted = from.depth.converted(value, to: to.depth)
    switch to.depth {
    case .eight: target[write] = UInt8(truncatingIfNeeded: converted)
    case .sixteen:
      target.storeBytes(
        of: UInt16(truncatingIfNeeded: converted), toByteOffset: 2 * write, as: UInt16.self)
    }
  }
}
