import CImageCodecs

/// A picture that is written by rows.
///
/// PNG and JPEG go out as the rows come in. WebP gathers its pixels, and a JPEG with fitted Huffman
/// tables its coefficients, until the end.
package final class PictureWriter {
  private let encoder: OpaquePointer
  private let input: RowFormat
  private let format: PictureFormat
  private let sink: Sink

  /// Takes the encoder's bytes, and keeps what goes wrong with them: errors cannot pass through C.
  private final class Sink {
    let take: RowTaker
    var failure: UpscaleError?

    init(_ take: @escaping RowTaker) { self.take = take }

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
  ///   - iccProfile: the picture's; left out where it does not fit the file's pixels.
  ///   - format: what to write.
  ///   - options: quality and loss.
  ///   - optimisesJPEG: whether a JPEG's Huffman tables are fitted to the picture.
  ///   - sink: takes the encoded bytes.
  /// - Throws: `usage` for a quality out of range, `cannotCreate` for a picture that does not fit
  ///   the format, `tryLater` when memory runs out, and what `sink` throws.
  package init(
    _ input: RowFormat, iccProfile: [UInt8]? = nil, format: PictureFormat,
    options: EncodingOptions = EncodingOptions(), optimisesJPEG: Bool? = nil,
    sink: @escaping RowTaker
  ) throws(UpscaleError) {
    try PictureEncoder.check(
      width: input.width, height: input.height, layout: input.layout, format: format)
    let quality = options.quality(for: format)
    guard (1...100).contains(quality) else {
      throw UpscaleError(.usage, "the quality is \(quality): give a number from 1 to 100")
    }
    self.input = input
    self.format = format
    self.sink = Sink(sink)
    let profile = PictureWriter.profile(iccProfile, layout: input.layout, format: format) ?? []
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
      var header = ci_header(
        width: UInt32(input.width), height: UInt32(input.height),
        channels: Int32(input.layout.rawValue), depth: Int32(input.depth.rawValue),
        icc: profile.isEmpty ? nil : profile.baseAddress, icc_size: profile.count)
      return switch format {
      case .png: ci_png_create(&header, PictureWriter.pngLevel, target, &report)
      case .jpeg: ci_jpeg_create(&header, Int32(quality), optimises ? 1 : 0, target, &report)
      case .webp:
        ci_webp_create(&header, Int32(quality), options.lossless ? 1 : 0, target, &report)
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

  /// Writes what is left, when all rows are there.
  package func finish() throws(UpscaleError) {
    var report = ci_report()
    ci_writer_finish(encoder, &report)
    try check(report)
  }

  private func check(_ report: ci_report) throws(UpscaleError) {
    guard report.status != 0 else { return }
    throw sink.failure ?? report.writingError(format: format)
  }

  // MARK: What it takes

  /// Whether a JPEG of this size has its Huffman tables fitted to the picture if nothing else is
  /// said: it saves some per cent of the file and takes up to 6 bytes a pixel.
  package static func optimisesJPEG(_ input: RowFormat) -> Bool {
    input.width * input.height <= 32 << 20
  }

  /// Bytes that writing takes at most, the rows handed in and the result not counted.
  package static func memory(
    _ input: RowFormat, format: PictureFormat, options: EncodingOptions, optimisesJPEG: Bool
  ) -> Int {
    let area = input.width * input.height
    let row = input.rowByteCount
    switch format {
    case .png:
      // Each filter's row, and zlib's tables.
      return 8 * row + (1 << 20)
    case .jpeg:
      // Rows of blocks; coefficients of 2 bytes, with their planes rounded up to whole blocks.
      let samples = input.layout.isGray ? 1.0 : options.quality(for: .jpeg) >= 90 ? 3 : 1.5
      let coefficients = Int(2 * samples * Double((input.width + 16) * (input.height + 16)))
      return 64 * row + (1 << 20) + (optimisesJPEG ? coefficients : 0)
    case .webp:
      // Measured with noise, the worst there is: Documentation/Memory.md.
      return (options.lossless ? 30 : 12) * area + (4 << 20)
    }
  }

  /// The picture's profile if it fits what the file will hold.
  static func profile(
    _ profile: [UInt8]?, layout: Picture.Layout, format: PictureFormat
  ) -> [UInt8]? {
    guard let profile,
      ICCProfile.complaint(
        about: profile, layout: layout.isGray && format.supportsGray ? .gray : .rgb) == nil
    else { return nil }
    return profile
  }

  /// zlib's effort. On photos and upscaled photos, with libpng choosing each row's filter, level 4
  /// is 3 times as fast as 6 for a size within 2 % either way; 3 is 10 % larger, 2 another 2 %.
  private static let pngLevel: Int32 = 4
}

extension ci_report {
  /// The refusal of a picture that could not be written.
  fileprivate func writingError(format: PictureFormat) -> UpscaleError {
    switch ci_status(rawValue: UInt32(bitPattern: status)) {
    case CI_NO_MEMORY:
      UpscaleError(.tryLater, "there is not enough memory to write the \(format.name)")
    case CI_TOO_LARGE:
      UpscaleError(
        .cannotCreate, "the picture is too large for a \(format.name) (\(reason)): write a PNG")
    default:
      UpscaleError(.internalFault, "the \(format.name) could not be written (\(reason))")
    }
  }
}
