import Upscale

/// A part of a picture at another size, by plain bicubic resampling, as viewers do it: what a result is
/// compared with.
///
/// Only the part is computed, at the places that it would have in the whole picture resized.
struct CubicCrop {
  private let columns: ResamplingFilter
  private let rows: ResamplingFilter

  /// The columns and rows of the source that the part is made of.
  var sourceColumns: Range<Int> { Self.source(of: columns) }
  var sourceRows: Range<Int> { Self.source(of: rows) }

  /// - Parameters:
  ///   - source: the size of the whole picture.
  ///   - target: its size when resized.
  ///   - columns: the part's columns in the resized picture.
  ///   - rows: its rows.
  init(
    from source: (width: Int, height: Int), to target: (width: Int, height: Int),
    columns: Range<Int>, rows: Range<Int>
  ) {
    self.columns = ResamplingFilter(
      from: source.width, to: target.width, kernel: .cubic, range: columns)
    self.rows = ResamplingFilter(
      from: source.height, to: target.height, kernel: .cubic, range: rows)
  }

  /// All samples that the part needs.
  private static func source(of filter: ResamplingFilter) -> Range<Int> {
    (filter.starts.first ?? 0)..<((filter.starts.last ?? 0) + filter.tapCount)
  }

  /// The part, made of `picture`: `sourceColumns` and `sourceRows` of the source, of 8 bits.
  func resized(_ picture: Picture) -> Picture {
    precondition(
      picture.width == sourceColumns.count && picture.height == sourceRows.count
        && picture.depth == .eight)
    let channels = picture.layout.rawValue
    let width = columns.starts.count
    var stretched = [Float](repeating: 0, count: picture.height * width * channels)
    for y in 0..<picture.height {
      for x in 0..<width {
        for channel in 0..<channels {
          var sum: Float = 0
          for tap in 0..<columns.tapCount {
            let column = columns.starts[x] - sourceColumns.lowerBound + tap
            sum +=
              Float(picture.bytes[(y * picture.width + column) * channels + channel])
              * columns.weights[x * columns.tapCount + tap]
          }
          stretched[(y * width + x) * channels + channel] = min(max(sum, 0), 255)
        }
      }
    }
    let rowCount = width * channels
    var samples: [UInt8] = []
    samples.reserveCapacity(rows.starts.count * rowCount)
    for y in rows.starts.indices {
      let first = rows.starts[y] - sourceRows.lowerBound
      for index in 0..<rowCount {
        var sum: Float = 0
        for tap in 0..<rows.tapCount {
          sum += stretched[(first + tap) * rowCount + index] * rows.weights[y * rows.tapCount + tap]
        }
        samples.append(UInt8(min(max(sum, 0), 255) + 0.5))
      }
    }
    return Picture(
      width: width, height: rows.starts.count, layout: picture.layout, bytes: samples,
      iccProfile: picture.iccProfile)
  }
}
