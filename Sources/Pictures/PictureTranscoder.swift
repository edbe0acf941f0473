package import SystemSupport

/// Writes a picture's file anew, in another format or smaller, by rows.
///
/// The pixels are read from the file each time. A PNG must have been written by `PictureWriter`; it is
/// never in memory as a whole. Other files are.
package final class PictureTranscoder {
  /// Columns and rows of the picture, and what its samples are like.
  package let source: RowFormat
  /// Whether every pixel is opaque; nil as long as not all of them have been seen.
  package private(set) var isOpaque: Bool?

  private let path: String
  private let limits: PictureLimits
  /// The file's contents, where they are in memory.
  private let bytes: [UInt8]?

  /// - Parameters:
  ///   - path: where the file is.
  ///   - limits: what is too large to be read.
  ///   - memory: bytes that a file in memory may take.
  /// - Throws: as `PictureReader`, and what reading the file can meet.
  package init(
    path: String, limits: PictureLimits, memory: Int = .max
  ) throws(UpscaleError) {
    self.path = path
    self.limits = limits
    bytes =
      try Self.isPNG(path)
      ? nil : InputFile.read(path: path, limit: limits.fileBytes, memory: memory)
    let reader = try Self.reader(of: bytes, path: path, limits: limits)
    source = RowFormat(
      width: reader.width, height: reader.height, layout: reader.layout, depth: reader.depth)
    isOpaque = source.layout.hasAlpha ? nil : true
  }

  private static func isPNG(_ path: String) throws(UpscaleError) -> Bool {
    let file = try InputFile.openWithoutWaiting(path)
    guard let start = try? file.bytes(at: 0, count: 8) else { return false }
    return start.count == 8 && PictureFormat.detect(start) == .png
  }

  private static func reader(
    of bytes: [UInt8]?, path: String, limits: PictureLimits
  ) throws(UpscaleError) -> PictureReader {
    guard let bytes else { return try PictureReader(pngAt: path, limits: limits, colors: .encoded) }
    return try PictureReader(bytes, limits: limits, colors: .encoded)
  }

  /// Properties of the picture that a format cannot hold, a sentence each.
  package func losses(as format: PictureFormat) throws(UpscaleError) -> [String] {
    let reader = try Self.reader(of: bytes, path: path, limits: limits)
    var layout = reader.layout
    // Where all pixels are opaque, dropping alpha is no loss.
    if isOpaque == true { layout = layout.isGray ? .gray : .rgb }
    return PictureEncoder.losses(
      layout: layout, depth: reader.depth, color: reader.color, as: format)
  }

  /// Writes the picture.
  ///
  /// - Parameters:
  ///   - format: of the new file.
  ///   - options: of its encoder.
  ///   - width: columns of the new picture; it has 8 bits a sample where it is smaller than the source
  ///     or the format has no more.
  ///   - height: rows of the new picture.
  ///   - memory: bytes that this may take; a JPEG's size depends a little on it.
  ///   - observer: told of the share of the rows that are read.
  ///   - target: takes the new file, piece by piece.
  /// - Throws: `.cancelled`; `.memory` for what needs more memory; as `PictureReader` and
  ///   `PictureWriter`, and what `target` throws.
  package func write(
    as format: PictureFormat, options: EncodingOptions, width: Int, height: Int, memory: Int,
    observer: WorkObserver = WorkObserver(),
    to target: @escaping (UnsafeRawBufferPointer) throws(UpscaleError) -> Void
  ) throws(UpscaleError) {
    let reader = try Self.reader(of: bytes, path: path, limits: limits)
    let isResized = (width, height) != (source.width, source.height)
    let output = RowFormat(
      width: width, height: height, layout: source.layout,
      depth: isResized ? .eight : source.depth)
    func writing(optimised: Bool) -> Int {
      PictureWriter.memory(
        output, format: format, options: options, optimisesJPEG: optimised)
    }
    let optimises =
      PictureWriter.optimisesJPEG(output) && writing(optimised: true) <= memory / 4
    let needed =
      reader.memory + writing(optimised: optimises)
      + (isResized ? ResizeStage.byteCount(from: source, to: output) : 0)
    guard needed <= memory else {
      let (needs, may) = byteCountTexts(needed, of: max(0, memory))
      throw UpscaleError(
        .memory(.init(.other, needed: needed, available: memory)),
        "not enough memory: writing the \(format.name) needs \(needs) and \(may) may be used")
    }
    let writer = try PictureWriter(
      output, color: reader.color, format: format, options: options,
      optimisesJPEG: optimises, sink: target)
    var next: RowSink = { (rows) throws(UpscaleError) in try writer.write(rows) }
    if isResized { next = try ResizeStage(from: source, to: output, next: next).take }
    try readRows(reader, into: next, observer: observer)
    try writer.finish()
  }

  /// Reads all pixels to find out whether any is transparent.
  ///
  /// - Parameter observer: told of the share of the rows that are read.
  /// - Returns: `isOpaque`.
  /// - Throws: `.cancelled`, and as `PictureReader`.
  package func lookForTransparency(
    observer: WorkObserver = WorkObserver()
  ) throws(UpscaleError) -> Bool {
    if let isOpaque { return isOpaque }
    let reader = try Self.reader(of: bytes, path: path, limits: limits)
    try readRows(reader, into: { _ in }, observer: observer)
    return isOpaque ?? false
  }

  private func readRows(
    _ reader: PictureReader, into next: RowSink, observer: WorkObserver
  ) throws(UpscaleError) {
    let rowSize = source.rowByteCount
    let rows = max(1, min(source.height, (1 << 20) / rowSize))
    let buffer = try ByteBuffer(count: rows * rowSize, for: "rows")
    var isOpaque = true
    for first in stride(from: 0, to: source.height, by: rows) {
      try observer.checkCancellation()
      let count = min(rows, source.height - first)
      let part = UnsafeMutableRawBufferPointer(rebasing: buffer.bytes[..<(count * rowSize)])
      try reader.read(count, into: part)
      if isOpaque { isOpaque = Self.isOpaque(UnsafeRawBufferPointer(part), as: source) }
      try next(UnsafeRawBufferPointer(part))
      observer.note(Double(first + count) / Double(source.height))
    }
    self.isOpaque = isOpaque
  }

  private static func isOpaque(_ rows: UnsafeRawBufferPointer, as format: RowFormat) -> Bool {
    guard format.layout.hasAlpha else { return true }
    let pixel = format.layout.rawValue * format.depth.byteCount
    let size = format.depth.byteCount
    // Full intensity is all ones, whatever the order of the bytes.
    for end in stride(from: pixel, through: rows.count, by: pixel) {
      for offset in end - size..<end where rows[offset] != 0xFF { return false }
    }
    return true
  }
}
