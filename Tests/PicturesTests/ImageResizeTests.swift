import Foundation
import Pictures
import SystemSupport
import TestSupport
import Testing

@Suite("Resizing")
struct ImageResizeTests {
  /// The same arithmetic in the plainest way: Double, no rows that come and go, no tables.
  private static func naive(_ picture: Picture, _ width: Int, _ height: Int) -> [Double] {
    func weights(_ old: Int, _ new: Int, _ index: Int) -> [Double] {
      let step = Double(old) / Double(new)
      let stretch = max(step, 1)
      let raw = (0..<old).map { source -> Double in
        let x = (Double(source) + 0.5 - (Double(index) + 0.5) * step) / stretch
        if abs(x) >= 3 { return 0 }
        if x == 0 { return 1 }
        return sin(.pi * x) / (.pi * x) * sin(.pi * x / 3) / (.pi * x / 3)
      }
      let sum = raw.reduce(0, +)
      return raw.map { $0 / sum }
    }
    let channels = picture.layout.rawValue
    let samples = picture.samples.map(Double.init)
    let peak = Double(picture.depth.maximum)
    // Columns first; what goes beyond the range of samples is cut off between.
    let columns = (0..<width).map { weights(picture.width, width, $0) }
    var stretched: [Double] = []
    for row in 0..<picture.height {
      for x in 0..<width {
        var sums = [Double](repeating: 0, count: channels)
        for (column, weight) in columns[x].enumerated() where weight != 0 {
          let start = (row * picture.width + column) * channels
          let alpha = picture.layout.hasAlpha ? samples[start + channels - 1] / peak : 1
          for channel in 0..<channels {
            let isAlpha = picture.layout.hasAlpha && channel == channels - 1
            sums[channel] += (isAlpha ? alpha : samples[start + channel] * alpha) * weight
          }
        }
        // More than opaque is opaque, in the same colour.
        let alpha = picture.layout.hasAlpha ? sums[channels - 1] : 1
        let opacity = min(max(alpha, 0), 1)
        for channel in 0..<channels {
          let isAlpha = picture.layout.hasAlpha && channel == channels - 1
          let value = alpha > 1 ? sums[channel] / alpha : sums[channel]
          stretched.append(min(max(value, 0), isAlpha ? opacity : peak * opacity))
        }
      }
    }
    var result: [Double] = []
    for y in 0..<height {
      let rows = weights(picture.height, height, y)
      for x in 0..<width {
        var sums = [Double](repeating: 0, count: channels)
        for (row, weight) in rows.enumerated() where weight != 0 {
          for channel in 0..<channels {
            sums[channel] += stretched[(row * width + x) * channels + channel] * weight
          }
        }
        if picture.layout.hasAlpha {
          let alpha = sums[channels - 1]
          for channel in 0..<channels - 1 {
            sums[channel] = alpha * peak < 0.5 ? 0 : sums[channel] / alpha
          }
          sums[channels - 1] = alpha * peak
        }
        result += sums.map { min(max($0, 0), peak) }
      }
    }
    return result
  }

  @Test(
    "agrees with the naive twin", arguments: Picture.Layout.allCases, Picture.Depth.allCases)
  func twin(layout: Picture.Layout, depth: Picture.Depth) {
    let sizes = [
      ((23, 17), (46, 34)), ((23, 17), (11, 9)), ((40, 30), (7, 60)), ((31, 5), (3, 5)),
      ((1, 1), (9, 4)), ((2, 3), (1, 1)), ((1, 40), (5, 3)), ((64, 48), (63, 49)),
    ]
    for (index, (old, new)) in sizes.enumerated() {
      let picture = Picture.noise(
        width: old.0, height: old.1, layout: layout, depth: depth, seed: UInt64(index))
      let resized = picture.resized(width: new.0, height: new.1)
      #expect(resized.width == new.0 && resized.height == new.1 && resized.layout == layout)
      // Not more than rounding away from the exact value; single precision costs a bit more where
      // colour is divided by a small alpha.
      let expected = Self.naive(picture, new.0, new.1)
      let samples = resized.samples
      for position in samples.indices {
        let alphaAt = position - position % layout.rawValue + layout.rawValue - 1
        let alpha = layout.hasAlpha ? max(expected[alphaAt], 0.5) / Double(depth.maximum) : 1
        let tolerance = 0.5 + 2e-6 * Double(depth.maximum) / alpha
        #expect(
          abs(Double(samples[position]) - expected[position]) <= tolerance
            || (layout.hasAlpha && abs(expected[alphaAt] - 0.5) < 0.01))
      }
    }
  }

  @Test("one colour stays that colour", arguments: Picture.Depth.allCases)
  func constant(depth: Picture.Depth) {
    for value in [0, 1, depth.maximum / 2, depth.maximum - 1, depth.maximum] {
      let picture = Picture(
        width: 10, height: 7, layout: .rgb, depth: depth,
        samples: [Int](repeating: value, count: 210))
      for (width, height) in [(1, 1), (3, 2), (37, 41), (10, 8)] {
        #expect(picture.resized(width: width, height: height).samples.allSatisfy { $0 == value })
      }
    }
  }

  @Test("the colour of invisible pixels does not bleed")
  func fringes() {
    // Opaque green beside invisible red.
    let row = [Int](repeating: 0, count: 16).indices.flatMap { x in
      x < 8 ? [0, 200, 0, 255] : [255, 0, 0, 0]
    }
    let picture = Picture(
      width: 16, height: 4, layout: .rgba, depth: .eight,
      samples: row + row + row + row)
    for (width, height) in [(40, 4), (5, 2), (16, 9)] {
      let samples = picture.resized(width: width, height: height).samples
      for start in stride(from: 0, to: samples.count, by: 4) where samples[start + 3] > 0 {
        #expect(samples[start] == 0 && abs(samples[start + 1] - 200) <= 1)
      }
    }
  }

  @Test("shrinking averages what is too fine to be kept")
  func antialiasing() {
    let checkers = Picture(
      width: 64, height: 64, layout: .gray, depth: .eight,
      samples: (0..<4096).map { ($0 / 64 + $0 % 64) % 2 * 255 })
    let inner = checkers.resized(width: 16, height: 16).samples
    #expect(inner.allSatisfy { abs($0 - 127) <= 3 })
  }

  @Test("the same size is the same picture, and the profile stays")
  func identity() {
    var picture = Picture.noise(width: 9, height: 8)
    picture.iccProfile = [1, 2, 3]
    #expect(picture.resized(width: 9, height: 8) == picture)
    #expect(picture.resized(width: 4, height: 4).iccProfile == [1, 2, 3])
  }

  /// What Pillow makes of them, see Tests/Reference/make_resampling_goldens.py.
  @Test(
    "is at most one level from Pillow's LANCZOS",
    arguments: ["photo", "hard", "gray", "alpha", "spot"])
  func pillow(name: String) throws {
    let goldens = try ResamplingGoldens(name, filter: "lanczos")
    for (golden, expected) in goldens.results {
      let resized = goldens.source.resized(width: expected.width, height: expected.height)
      #expect(PictureDifference(resized, expected).maximum <= 1, "\(golden)")
    }
  }
}
