extension Planes {
  /// A picture's samples as numbers of 0…1.
  ///
  /// - Parameters:
  ///   - samples: `[y][x][channel]`, 0…`maximum`.
  ///   - width: columns of pixels.
  ///   - channels: samples of a pixel.
  ///   - maximum: the sample that means 1: 255 or 65535.
  public init(samples: [Int], width: Int, channels: Int, maximum: Int) {
    self.init(channels: channels, height: samples.count / (width * channels), width: width)
    for y in 0..<height {
      for x in 0..<width {
        for channel in 0..<channels {
          let sample = samples[(y * width + x) * channels + channel]
          self[channel, y, x] = Double(sample) / Double(maximum)
        }
      }
    }
  }

  /// The samples of a picture, `[y][x][channel]`: what is below 0 or above 1 becomes 0 or 1, the rest is
  /// rounded to the nearest of `0...maximum`.
  public func samples(maximum: Int) -> [Int] {
    var samples: [Int] = []
    for y in 0..<height {
      for x in 0..<width {
        for channel in 0..<channels {
          let clamped = min(max(self[channel, y, x], 0), 1)
          samples.append(Int((clamped * Double(maximum)).rounded()))
        }
      }
    }
    return samples
  }
}
