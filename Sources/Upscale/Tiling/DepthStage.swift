import Pictures
import SystemSupport

/// Brings rows of 16 bits a sample to 8 bits, the last step of a picture that has more of them in between.
///
/// Samples of a picture that had 16 bits itself are dithered, since its gradients would become bands: a pattern
/// of thresholds, the same for all channels, decides whether a sample is rounded up or down. It depends on the
/// place alone. What 8 bits can hold exactly stays as it is.
final class DepthStage {
  private let input: RowFormat
  private let isDithered: Bool
  private let row: ByteBuffer
  private let next: RowSink
  private var y = 0

  /// - Parameters:
  ///   - output: the rows that go on, of 8 bits; those that come are the same with 16.
  ///   - isDithered: whether samples are not just rounded to nearest.
  ///   - next: takes the rows.
  /// - Throws: `.memory` without memory.
  init(to output: RowFormat, isDithered: Bool, next: @escaping RowSink) throws(UpscaleError) {
    var input = output
    input.depth = .sixteen
    self.input = input
    self.isDithered = isDithered
    self.next = next
    row = try ByteBuffer(count: output.rowByteCount, for: "output rows")
  }

  func take(_ rows: UnsafeRawBufferPointer) throws(UpscaleError) {
    for start in stride(from: 0, to: rows.count, by: input.rowByteCount) {
      convert(UnsafeRawBufferPointer(rebasing: rows[start..<start + input.rowByteCount]))
      y += 1
      try next(UnsafeRawBufferPointer(row.bytes))
    }
  }

  private func convert(_ source: UnsafeRawBufferPointer) {
    let samples = source.assumingMemoryBound(to: UInt16.self)
    let channels = input.layout.rawValue
    let thresholds = Self.thresholds[y % Self.side]
    for x in 0..<input.width {
      // Half a level rounds to nearest.
      let threshold = isDithered ? thresholds[x % Self.side] : 32767
      for index in x * channels..<(x + 1) * channels {
        row.bytes[index] = UInt8((Int(samples[index]) * 255 + threshold) / 65535)
      }
    }
  }

  private static let side = 16

  /// Bayer's matrix: each of its 256 thresholds once, neighbours far apart, none of them a whole level.
  private static let thresholds: [[Int]] = (0..<side).map { y in
    (0..<side).map { x in
      // From the lowest bit on: (x ^ y), y alternate as the digits of the rank.
      let rank = (0..<4).reduce(0) { rank, bit in
        let (column, row) = (x >> bit & 1, y >> bit & 1)
        return rank << 2 | (column ^ row) << 1 | row
      }
      return (2 * rank + 1) * 65535 / 512
    }
  }
}
