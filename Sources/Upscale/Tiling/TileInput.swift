import Pictures
import SystemSupport
import UpscaleKernels

/// Reads a picture's colour into a network's input: samples become 0…1, gray becomes equal red, green and
/// blue, alpha (1 where there is none) becomes the fourth channel where the network has one. Pixels are
/// unshuffled, and reflected beyond the picture where its size is no multiple of the unshuffle factor.
struct TileInput {
  /// At least the rows that tiles ask for.
  let picture: PictureRows
  /// Pixel-unshuffle factor.
  let unshuffle: Int
  let engine: Engine

  /// Fills the map's rows and columns with the rectangle of the picture.
  ///
  /// - Parameters:
  ///   - map: a network's input.
  ///   - region: in pixels of the picture.
  ///   - first: the colour that the first channel takes; others follow. nil for the luma of a network of
  ///     one channel.
  ///
  /// Channel `c * u² + dy * u + dx` of pixel (x, y) is channel c of picture pixel
  /// (x * u + dx, y * u + dy), as `torch.nn.functional.pixel_unshuffle` orders them.
  func fill(_ map: FeatureMap, from region: Rectangle, firstColor first: Int? = 0) {
    let colors = map.channels / (unshuffle * unshuffle)
    let format = picture.format
    let layout = format.layout
    let columns = (0..<region.width).map {
      reflected(region.x + $0, below: format.width) * format.layout.rawValue
    }
    engine.pool.parallelFor(map.height) { row in
      for dy in 0..<unshuffle {
        let line = picture.row(
          reflected(region.y + row * unshuffle + dy, below: format.height))
        for color in 0..<colors {
          let source: Source =
            color == 3
            ? layout.hasAlpha ? .sample(layout.rawValue - 1) : .one
            : layout.isGray ? .sample(0) : first.map { .sample($0 + color) } ?? .luma
          for dx in 0..<unshuffle {
            let channel = (color * unshuffle + dy) * unshuffle + dx
            let target =
              map.plane(channel / channelBlock) + map.offset(row: row)
              + channel % channelBlock
            for x in 0..<map.width {
              let index = columns[x * unshuffle + dx]
              target[x * channelBlock] =
                switch source {
                case .sample(let channel): value(line, at: index + channel)
                case .one: 1
                case .luma:
                  0.299 * value(line, at: index) + 0.587 * value(line, at: index + 1) + 0.114
                    * value(line, at: index + 2)
                }
            }
          }
        }
      }
    }
  }

  /// Where a channel's numbers come from: one of a pixel's samples, or none.
  private enum Source {
    case sample(Int)
    case luma
    case one
  }

  @inline(__always)
  private func value(_ line: UnsafeRawBufferPointer, at index: Int) -> Float {
    switch picture.format.depth {
    case .eight: Float(line[index]) / 255
    case .sixteen:
      Float(line.loadUnaligned(fromByteOffset: 2 * index, as: UInt16.self)) / 65535
    }
  }

  /// Reflection without repeating the edge (`reflect` padding), and the edge itself where the
  /// picture is too small to reflect.
  private func reflected(_ index: Int, below count: Int) -> Int {
    index < count ? index : max(0, 2 * (count - 1) - index)
  }
}
