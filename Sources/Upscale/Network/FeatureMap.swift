package import SystemSupport
import UpscaleKernels

/// Activations of one layer over a rectangle: NCHWc16, `[block][row][x][16]`, with a border of
/// zeros (the padding of 3x3 convolutions): one pixel above, below and on the left, and on the
/// right as many as the last Winograd tile's window reaches.
///
/// A map is allocated once for its largest shape and reshaped for smaller ones. `rows` may start
/// above 0: a strip of a taller layer, whose coordinates it keeps.
///
/// `@unchecked Sendable` as `AlignedBuffer`: layers write disjoint rows.
package final class FeatureMap: @unchecked Sendable {
  package let channels: Int
  package private(set) var width: Int
  /// The rows held, in the layer's coordinates.
  package private(set) var rows: Range<Int>

  private let buffer: AlignedBuffer
  private let capacity: (width: Int, height: Int)

  /// Blocks of 16 channels; the lanes past `channels` in the last block are not used.
  package var blocks: Int { FeatureMap.blocks(channels) }
  package var height: Int { rows.count }
  /// Floats from one row to the next.
  package var rowStride: Int { FeatureMap.storedWidth(width) * channelBlock }
  /// Floats from one block's plane to the next.
  private var planeStride: Int { (height + 2) * rowStride }

  /// Pixels of a stored row: the border's on the left, whole tiles, the border's on the right.
  private static func storedWidth(_ width: Int) -> Int {
    1 + Winograd.tileCount(width) * Winograd.tileSide + 1
  }

  package static func blocks(_ channels: Int) -> Int {
    (channels + channelBlock - 1) / channelBlock
  }

  /// Floats that a map of this shape takes.
  package static func floatCount(channels: Int, width: Int, height: Int) -> Int {
    (blocks(channels) * (height + 2) * storedWidth(width) + convolutionOverread) * channelBlock
  }

  /// Bytes that a map of this shape takes.
  package static func byteCount(channels: Int, width: Int, height: Int) -> Int {
    AlignedBuffer.byteCount(floatCount(channels: channels, width: width, height: height))
  }

  package init(channels: Int, width: Int, height: Int) throws(UpscaleError) {
    self.channels = channels
    self.width = width
    rows = 0..<height
    capacity = (width, height)
    buffer = try AlignedBuffer(
      count: FeatureMap.floatCount(channels: channels, width: width, height: height))
  }

  /// Takes another shape within the capacity and zeroes the border around it.
  package func reshape(width: Int, rows: Range<Int>) {
    precondition(
      width <= capacity.width && rows.count <= capacity.height,
      "a feature map is reshaped within its capacity only")
    self.width = width
    self.rows = rows
    for block in 0..<blocks {
      let plane = buffer.pointer + block * planeStride
      plane.update(repeating: 0, count: rowStride)
      (plane + (height + 1) * rowStride).update(repeating: 0, count: rowStride)
      let right = rowStride - (1 + width) * channelBlock
      for row in 1...max(1, height) {
        (plane + row * rowStride).update(repeating: 0, count: channelBlock)
        (plane + (row + 1) * rowStride - right).update(repeating: 0, count: right)
      }
    }
  }

  /// Pixel 0 of the first held row of a block.
  package func plane(_ block: Int) -> UnsafeMutablePointer<Float> {
    buffer.pointer + block * planeStride + rowStride + channelBlock
  }

  /// Floats from `plane(_:)` to pixel 0 of a row given in the layer's coordinates.
  package func offset(row: Int) -> Int { (row - rows.lowerBound) * rowStride }

  /// Channels held in each block: 16, and what is left in the last.
  package var lanes: [Int] {
    (0..<blocks).map { min(channelBlock, channels - $0 * channelBlock) }
  }

  /// Copies one row of all blocks from a map of the same shape.
  package func copyRow(_ row: Int, from other: FeatureMap) {
    for block in 0..<blocks {
      (plane(block) + offset(row: row)).update(
        from: other.plane(block) + other.offset(row: row), count: width * channelBlock)
    }
  }
}

extension Winograd {
  /// Tiles that cover a length in pixels; the last may reach beyond.
  static func tileCount(_ length: Int) -> Int { (length + tileSide - 1) / tileSide }
}
