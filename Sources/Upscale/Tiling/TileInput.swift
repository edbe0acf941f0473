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

  /// Fills the map's rows and columns with the rectangle of the picture, as it lies.
  ///
  /// - Parameters:
  ///   - map: a network's input.
  ///   - region: in pixels of the picture, as it lies.
  ///   - subject: what the network is applied to.
  ///   - symmetry: how the picture lies.
  ///
  /// Channel `c * u² + dy * u + dx` of pixel (x, y) is channel c of picture pixel
  /// (x * u + dx, y * u + dy), as `torch.nn.functional.pixel_unshuffle` orders them.
  func fill(
    _ map: FeatureMap, from region: Rectangle, of subject: NetworkSubject = .colors,
    symmetry: Symmetry = .identity
  ) {
    let colors = map.channels / (unshuffle * unshuffle)
    let format = picture.format
    let layout = format.layout
    let columns = places(region.columns, along: symmetry.transposes ? .down : .across, symmetry)
    let rows = places(region.rows, along: symmetry.transposes ? .across : .down, symmetry)
    let samples = picture.bytes
    engine.pool.parallelFor(map.height) { row in
      for dy in 0..<unshuffle {
        let line = rows[row * unshuffle + dy]
        for color in 0..<colors {
          let source = Self.source(of: color, in: layout, subject)
          for dx in 0..<unshuffle {
            let channel = (color * unshuffle + dy) * unshuffle + dx
            let target =
              map.plane(channel / channelBlock) + map.offset(row: row)
              + channel % channelBlock
            for x in 0..<map.width {
              let index = line + columns[x * unshuffle + dx]
              target[x * channelBlock] =
                switch source {
                case .sample(let channel): value(samples, at: index + channel)
                case .one: 1
                case .luma:
                  0.299 * value(samples, at: index) + 0.587 * value(samples, at: index + 1) + 0.114
                    * value(samples, at: index + 2)
                }
            }
          }
        }
      }
    }
  }

  private enum Axis {
    case across
    case down
  }

  /// Where columns or rows of the picture, as it lies, begin among the samples that are held.
  private func places(_ range: Range<Int>, along axis: Axis, _ symmetry: Symmetry) -> [Int] {
    let format = picture.format
    let (count, step, first, isMirrored) =
      switch axis {
      case .across: (format.width, format.layout.rawValue, 0, symmetry.mirrorsColumns)
      case .down:
        (
          format.height, format.width * format.layout.rawValue, picture.rows.lowerBound,
          symmetry.mirrorsRows
        )
      }
    return range.map {
      let place = reflected($0, below: count)
      return ((isMirrored ? count - 1 - place : place) - first) * step
    }
  }

  /// Where a channel's numbers come from: one of a pixel's samples, or none.
  private enum Source {
    case sample(Int)
    case luma
    case one
  }

  private static func source(
    of channel: Int, in layout: Picture.Layout, _ subject: NetworkSubject
  ) -> Source {
    let alpha = layout.rawValue - 1
    if channel == 3 { return layout.hasAlpha && subject != .alpha ? .sample(alpha) : .one }
    switch subject {
    case .alpha: return .sample(alpha)
    case .colors: return .sample(layout.isGray ? 0 : channel)
    case .color(let color): return .sample(layout.isGray ? 0 : color)
    case .luma: return layout.isGray ? .sample(0) : .luma
    }
  }

  @inline(__always)
  private func value(_ samples: UnsafeRawBufferPointer, at index: Int) -> Float {
    switch picture.format.depth {
    case .eight: Float(samples[index]) / 255
    case .sixteen:
      Float(samples.loadUnaligned(fromByteOffset: 2 * index, as: UInt16.self)) / 65535
    }
  }

  /// Reflection without repeating the edge (`reflect` padding), and the edge itself where the
  /// picture is too small to reflect.
  private func reflected(_ index: Int, below count: Int) -> Int {
    index < count ? index : max(0, 2 * (count - 1) - index)
  }
}
