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
          switch depth {
          case .eight:
            let wide = source.loadUnaligned(fromByteOffset: 2 * index, as: UInt16.self)
            target[index] = UInt8((Int(wide) + 128) / 257)
          case .sixteen:
            target.storeBytes(
              of: UInt16(source[index]) * 257, toByteOffset: 2 * index, as: UInt16.self)
          }
        }
      }
    }
    return result
  }

  /// This picture with the alpha of a smaller one, resampled to this one's size.
  func withAlpha(enlargedFrom picture: Picture) -> Picture {
    let alpha = picture.alphaPlane().resized(width: width, height: height).converted(to: depth)
    var result = self
    let size = depth.byteCount
    let perPixel = layout.rawValue
    result.bytes.withUnsafeMutableBytes { target in
      alpha.bytes.withUnsafeBytes { source in
        for pixel in 0..<width * height {
          for byte in 0..<size {
            target[((pixel + 1) * perPixel - 1) * size + byte] = source[pixel * size + byte]
          }
        }
      }
    }
    return result
  }

  /// Alpha as a gray picture.
  private func alphaPlane() -> Picture {
    var plane = Picture(
      width: width, height: height, layout: .gray, depth: depth,
      bytes: [UInt8](repeating: 0, count: width * height * depth.byteCount))
    let size = depth.byteCount
    let perPixel = layout.rawValue
    plane.bytes.withUnsafeMutableBytes { target in
      bytes.withUnsafeBytes { source in
        for pixel in 0..<width * height {
          for byte in 0..<size {
            target[pixel * size + byte] = source[((pixel + 1) * perPixel - 1) * size + byte]
          }
        }
      }
    }
    return plane
  }
}
