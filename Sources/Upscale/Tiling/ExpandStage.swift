import Pictures
import SystemSupport

/// Adds the channels that were not computed, by rows.
final class ExpandStage {
  private let channels: ChannelPlan
  private let input: RowFormat
  private let sourceDepth: Picture.Depth
  private let row: ByteBuffer
  private let next: RowSink

  /// - Parameters:
  ///   - channels: which channels are added.
  ///   - input: the rows that come.
  ///   - sourceDepth: bits of a sample of the picture that was read.
  ///   - next: takes the rows with all channels.
  /// - Throws: `.memory` without memory.
  init(
    _ channels: ChannelPlan, input: RowFormat, sourceDepth: Picture.Depth, next: @escaping RowSink
  ) throws(UpscaleError) {
    self.channels = channels
    self.input = input
    self.sourceDepth = sourceDepth
    self.next = next
    row = try ByteBuffer(count: Self.byteCount(channels, input), for: "output rows")
  }

  static func byteCount(_ channels: ChannelPlan, _ input: RowFormat) -> Int {
    guard !channels.givesAsComputed else { return 0 }
    return input.width * channels.result.rawValue * input.depth.byteCount
  }

  func take(_ rows: UnsafeRawBufferPointer) throws(UpscaleError) {
    for start in stride(from: 0, to: rows.count, by: input.rowByteCount) {
      channels.expand(
        UnsafeRawBufferPointer(rebasing: rows[start..<start + input.rowByteCount]),
        depth: input.depth, sourceDepth: sourceDepth, into: row.bytes)
      try next(UnsafeRawBufferPointer(row.bytes))
    }
  }
}
