import UpscaleKernels

/// Pixel-shuffle: the channels of a row of features become `scale` rows of a picture.
///
/// Channel `(c * scale + dy) * scale + dx` of pixel x is channel c of pixel `x * scale + dx` of the row `dy`, as
/// `torch.nn.functional.pixel_shuffle` orders them.
struct PixelShuffle {
  let scale: Int
  /// Channels of the picture.
  let channels: Int

  /// - Parameters:
  ///   - row: of the features.
  ///   - planes: the features' blocks of channels, at the first of `columns`.
  ///   - columns: of the features.
  ///   - addend: what is added to each pixel's samples of a channel, `[x][channelBlock]`, at the first of
  ///     `columns`; nil for nothing.
  ///   - output: takes each row of the picture, its columns, and samples `[x][channels]`.
  func emit(
    row: Int, planes: [UnsafePointer<Float>], columns: Range<Int>,
    adding addend: ((_ channel: Int) -> UnsafePointer<Float>)? = nil,
    _ output: (Int, Range<Int>, UnsafePointer<Float>) -> Void
  ) {
    let count = columns.count
    withUnsafeTemporaryAllocation(of: Float.self, capacity: count * scale * channels) { samples in
      guard let pointer = UnsafePointer(samples.baseAddress) else { return }
      for dy in 0..<scale {
        for channel in 0..<channels {
          let addend = addend?(channel)
          for dx in 0..<scale {
            let shuffled = (channel * scale + dy) * scale + dx
            let source = planes[shuffled / channelBlock] + shuffled % channelBlock
            if let addend {
              for x in 0..<count {
                samples[(x * scale + dx) * channels + channel] =
                  source[x * channelBlock] + addend[x * channelBlock]
              }
            } else {
              for x in 0..<count {
                samples[(x * scale + dx) * channels + channel] = source[x * channelBlock]
              }
            }
          }
        }
        output(row * scale + dy, columns.lowerBound * scale..<columns.upperBound * scale, pointer)
      }
    }
  }
}
