extension Picture {
  /// The picture turned and mirrored so that it is seen upright.
  package func oriented(_ orientation: Orientation) -> Picture {
    guard orientation != .upright else { return self }
    let (newWidth, newHeight) = orientation.swapsSides ? (height, width) : (width, height)
    let turned = [UInt8](unsafeUninitializedCapacity: bytes.count) { target, count in
      bytes.withUnsafeBytes {
        turnPixels(
          $0, width: width, height: height, size: layout.rawValue * depth.byteCount, orientation,
          into: UnsafeMutableRawBufferPointer(target))
      }
      count = bytes.count
    }
    var result = Picture(
      width: newWidth, height: newHeight, layout: layout, depth: depth, bytes: turned)
    result.color = color
    return result
  }
}

/// Turns and mirrors a picture, or some rows of one that is mirrored left to right.
///
/// - Parameters:
///   - source: `height` rows of `width` pixels as stored.
///   - width: as stored.
///   - height: as stored.
///   - size: bytes of a pixel: 1, 2, 3, 4, 6 or 8.
///   - orientation: how it is stored.
///   - target: as many bytes as `source`.
func turnPixels(
  _ source: UnsafeRawBufferPointer, width: Int, height: Int, size: Int,
  _ orientation: Orientation, into target: UnsafeMutableRawBufferPointer
) {
  let (newWidth, newHeight) = orientation.swapsSides ? (height, width) : (width, height)
  let turn = Turn(
    width: newWidth, height: newHeight, storedWidth: width, storedHeight: height,
    orientation: orientation)
  switch size {
  case 1: turn.move(1, of: UInt8.self, from: source, to: target)
  case 2: turn.move(1, of: UInt16.self, from: source, to: target)
  case 3: turn.move(3, of: UInt8.self, from: source, to: target)
  case 4: turn.move(1, of: UInt32.self, from: source, to: target)
  case 6: turn.move(3, of: UInt16.self, from: source, to: target)
  default: turn.move(1, of: UInt64.self, from: source, to: target)
  }
}

/// Where each upright pixel is found among the stored ones.
private struct Turn {
  let width: Int
  let height: Int
  /// The stored index of the first upright pixel, and the steps to its right and lower neighbours.
  let origin: Int
  let right: Int
  let down: Int

  init(width: Int, height: Int, storedWidth: Int, storedHeight: Int, orientation: Orientation) {
    self.width = width
    self.height = height
    let column = orientation.readsColumnsBackwards ? -1 : 1
    let row = orientation.readsRowsBackwards ? -storedWidth : storedWidth
    origin = (column < 0 ? storedWidth - 1 : 0) + (row < 0 ? (storedHeight - 1) * storedWidth : 0)
    (right, down) = orientation.swapsSides ? (row, column) : (column, row)
  }

  /// Moves pixels of `units` values each, in squares that keep both sides' cache lines in use.
  @inline(__always)
  func move<Unit: BitwiseCopyable>(
    _ units: Int, of: Unit.Type, from source: UnsafeRawBufferPointer,
    to target: UnsafeMutableRawBufferPointer
  ) {
    let size = units * MemoryLayout<Unit>.size
    precondition(source.count == width * height * size && target.count >= source.count)
    let side = 64
    for top in stride(from: 0, to: height, by: side) {
      for left in stride(from: 0, to: width, by: side) {
        for y in top..<min(top + side, height) {
          var from = (origin + y * down + left * right) * size
          var to = (y * width + left) * size
          for _ in left..<min(left + side, width) {
            for unit in 0..<units {
              let offset = unit * MemoryLayout<Unit>.size
              let value = source.loadUnaligned(fromByteOffset: from + offset, as: Unit.self)
              target.storeBytes(of: value, toByteOffset: to + offset, as: Unit.self)
            }
            from += right * size
            to += size
          }
        }
      }
    }
  }
}
