import Upscale

/// A part of a picture at another size, by plain bicubic resampling, as viewers do it: what a result is
/// compared with.
///
/// Only the part is computed, at the places that it would have in the whole picture resized.
struct CubicCrop {
  private let columns: CubicTaps
  private let rows: CubicTaps

  /// The columns and rows of the source that the part is made of.
  var sourceColumns: Range<Int> { columns.source }
  var sourceRows: Range<Int> { rows.source }

  /// - Parameters:
  ///   - source: the size of the whole picture.
  ///   - target: its size when resized.
  ///   - columns: the part's columns in the resized picture.
  ///   - rows: its rows.
  init(
    from source: (width: Int, height: Int), to target: (width: Int, height: Int),
    columns: Range<Int>, rows: Range<Int>
  ) {
    self.columns = CubicTaps(from: source.width, to: target.width, range: columns)
    self.rows = CubicTaps(from: source.height, to: target.height, range: rows)
  }

  /// The part, made of `picture`: `sourceColumns` and `sourceRows` of the source, of 8 bits.
  func resized(_ picture: Picture) -> Picture {
    precondition(
      picture.width == columns.source.count && picture.height == rows.source.count
        && picture.depth == .eight)
    let channels = picture.layout.rawValue
    let width = columns.starts.count
    var stretched = [Float](repeating: 0, count: picture.height * width * channels)
    for y in 0..<picture.height {
      for x in 0..<width {
        for channel in 0..<channels {
          var sum: Float = 0
          for tap in 0..<columns.count {
            let column = columns.starts[x] - columns.source.lowerBound + tap
            sum +=
              Float(picture.bytes[(y * picture.width + column) * channels + channel])
              * columns.weights[x * columns.count + tap]
          }
          stretched[(y * width + x) * channels + channel] = sum
        }
      }
    }
    let rowCount = width * channels
    var samples: [UInt8] = []
    samples.reserveCapacity(rows.starts.count * rowCount)
    for y in rows.starts.indices {
      let first = rows.starts[y] - rows.source.lowerBound
      for index in 0..<rowCount {
        var sum: Float = 0
        for tap in 0..<rows.count {
          sum += stretched[(first + tap) * rowCount + index] * rows.weights[y * rows.count + tap]
        }
        samples.append(UInt8(min(max(sum, 0), 255) + 0.5))
      }
    }
    return Picture(
      width: width, height: rows.starts.count, layout: picture.layout, bytes: samples,
      iccProfile: picture.iccProfile)
  }
}

/// Which samples of a line each resized sample is made of, and how much, for a part of the line.
///
/// The kernel is that of Keys with a = -0.5; when shrinking it is widened by the factor, so that
/// the comparison does not suffer from aliasing that no viewer would show.
private struct CubicTaps {
  /// The first source sample of each sample of the part.
  let starts: [Int]
  /// How many source samples each takes.
  let count: Int
  let weights: [Float]
  /// All samples that the part needs.
  let source: Range<Int>

  init(from size: Int, to newSize: Int, range: Range<Int>) {
    let step = Double(size) / Double(newSize)
    let stretch = max(step, 1)
    let radius = 2 * stretch
    let count = min(Int((2 * radius).rounded(.up)) + 1, size)
    var starts: [Int] = []
    var weights: [Float] = []
    for index in range {
      let center = (Double(index) + 0.5) * step
      let start = min(max(Int((center - radius).rounded(.down)), 0), size - count)
      let taps = (0..<count).map {
        CubicTaps.kernel((Double(start + $0) + 0.5 - center) / stretch)
      }
      // At the edge of the picture, the weights of samples beyond it are given to those within.
      let sum = taps.reduce(0, +)
      starts.append(start)
      weights += taps.map { Float($0 / sum) }
    }
    self.starts = starts
    self.count = count
    self.weights = weights
    source = (starts.first ?? 0)..<((starts.last ?? 0) + count)
  }

  private static func kernel(_ x: Double) -> Double {
    let x = abs(x)
    if x < 1 { return (1.5 * x - 2.5) * x * x + 1 }
    return x < 2 ? ((-0.5 * x + 2.5) * x - 4) * x + 2 : 0
  }
}
