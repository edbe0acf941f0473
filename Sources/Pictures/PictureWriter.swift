import CImageCodecs
package import SystemSupport

/// Takes the next rows of a picture, from the top on: whole rows, packed, in the native byte order.
package typealias RowSink = (UnsafeRawBufferPointer) throws(UpscaleError) -> Void

/// A picture that is written by rows.
///
/// PNG and JPEG are encoded as the rows come in. A WebP's pixels, and the coefficients of a JPEG with
/// fitted Huffman tables, are gathered in memory until the end.
package final class PictureWriter {
  private let encoder: OpaquePointer
  private let input: RowFormat
  private let format: PictureFormat
  private let sink: Sink
  private var isFinished = false

  /// Takes the encoder's bytes, and stores an error in writing them: Swift errors cannot pass through C.
  private final class Sink {
    let take: RowSink
    var failure: UpscaleError?

    init(_ take: @escaping RowSink) { self.take = take }

    func write(_ bytes: UnsafeRawBufferPointer) -> Int32 {
      do throws(UpscaleError) {
        try take(bytes)
        return 0
      } catch {
        failure = error
        return 1
      }
    }
  }

  /// - Parameters:
  ///   - input: what the rows are like.
  ///   - color: the picture's; see `PictureEncoder.losses` for what a format cannot hold.
  ///   - format: what to write.
  ///   - options: quality and loss.
  ///   - optimisesJPEG: whether a JPEG's Huffman tables are fitted to the picture.
  ///   - metadata: what else the file says; made for its format.
  ///   - sink: takes the encoded bytes.
  /// - Throws: `.usage` for a quality out of range, `.cannotCreate` for a picture that does not fit
  ///   the format, `.memory` without memory, and what `sink` throws.
  package init(
    _ input: RowFormat, color: ColorDescription = ColorDescription(), format: PictureFormat,
    options: EncodingOptions = EncodingOptions(), optimisesJPEG: Bool? = nil,
    metadata: OutputMetadata? = nil, sink: @escaping RowSink
  ) throws(UpscaleError) {
    try PictureEncoder.check(
      width: input.width, height: input.height, layout: input.layout, format: format)
    if let complaint = options.complaint { throw UpscaleError(.usage, complaint) }
    self.input = input
    self.format = format
    self.sink = Sink(sink)
    let isGray = input.layout.isGray && format.supportsGray
    let profile =
      (format == .png ? color.profileChunk(isGray: isGray) : color.profile(isGray: isGray)) ?? []
    var colorChunks = BlockList()
    if format == .png {
      for chunk in color.png.chunks { colorChunks.add(chunk.name, chunk.contents) }
    }
    let metadata = metadata ?? OutputMetadata(format)
    let density = metadata.density ?? (0, 0, 0)
    let optimises = optimisesJPEG ?? PictureWriter.optimisesJPEG(input)
    let target = ci_sink(context: Unmanaged.passUnretained(self.sink).toOpaque()) {
      context, bytes, size in
      guard let context else { return 1 }
      // The writer keeps the sink for as long as the encoder lives.
      return Unmanaged<Sink>.fromOpaque(context).takeUnretainedValue()
        .write(UnsafeRawBufferPointer(start: bytes, count: size))
    }
    var report = ci_report()
    let encoder = profile.withUnsafeBufferPointer { profile in
      colorChunks.withBlocks { colorChunks in
        metadata.blocks.withBlocks { blocks in
          var header = ci_header(
            width: UInt32(input.width), height: UInt32(input.height),
            channels: Int32(input.layout.rawValue), depth: Int32(input.depth.rawValue),
            icc: profile.isEmpty ? nil : profile.baseAddress, icc_size: profile.count,
            blocks: blocks.baseAddress, block_count: blocks.count, density_unit: density.unit,
            density_x: density.x, density_y: density.y,
            colour_chunks: colorChunks.baseAddress, colour_chunk_count: colorChunks.count)
          return switch format {
          case .png:
            ci_png_create(
              &header, Int32(options.compression ?? PictureWriter.pngLevel), target, &report)
          case .jpeg: ci_jpeg_create(&header, ci_jpeg_options(options, optimises), target, &report)
          case .webp: ci_webp_create(&header, ci_webp_options(options), target, &report)
          }
        }
      }
    }
    guard let encoder else {
      throw self.sink.failure ?? report.writingError(format: format)
    }
    self.encoder = encoder
  }

  deinit { ci_writer_close(encoder) }

  /// Writes whole rows.
  package func write(_ rows: UnsafeRawBufferPointer) throws(UpscaleError) {
    guard let start = rows.baseAddress?.assumingMemoryBound(to: UInt8.self) else { return }
    precondition(rows.count % input.rowByteCount == 0, "whole rows")
    var report = ci_report()
    ci_writer_rows(encoder, start, UInt32(rows.count / input.rowByteCount), &report)
    try check(report)
  }

  /// Writes what is left, when all rows are there; does nothing when it is called again.
  package func finish() throws(UpscaleError) {
    guard !isFinished else { return }
    isFinished = true
    var report = ci_report()
    ci_writer_finish(encoder, &report)
    try check(report)
  }

  private func check(_ report: ci_report) throws(UpscaleError) {
    guard report.status != 0 else { return }
    throw sink.failure ?? report.writingError(format: format)
  }

  /// zlib's effort. On photos and upscaled photos, with libpng choosing each row's filter, level 4
  /// is 3 times as fast as 6 for a size within 2 % either way; 3 is 10 % larger, 2 another 2 %.
  private static let pngLevel = 4
}

extension ci_report {
  /// The refusal of a picture that could not be written.
  fileprivate func writingError(format: PictureFormat) -> UpscaleError {
    switch ci_status(rawValue: UInt32(bitPattern: status)) {
    case CI_NO_MEMORY:
      UpscaleError(.memory(), "there is not enough memory to write the \(format.name)")
    case CI_TOO_LARGE:
      UpscaleError(
        .cannotCreate, "the picture is too large for a \(format.name) (\(reason)): write a PNG")
    default:
      UpscaleError(.internalFault, "the \(format.name) could not be written (\(reason))")
    }
  }
}
