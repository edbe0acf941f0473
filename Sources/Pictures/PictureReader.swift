import CImageCodecs
package import SystemSupport

/// A picture that is read by rows, upright.
///
/// Where the format or the orientation does not allow that, the whole picture is decoded with the first
/// row and freed after the last: `wholeReason` gives the reason, `memory` includes it.
package final class PictureReader {
  /// What the file says.
  package let info: PictureInfo
  /// Columns and rows as seen, once the orientation is applied.
  package let width: Int
  package let height: Int
  package let layout: Picture.Layout
  package let depth: Picture.Depth
  /// What the colours of the rows are.
  package let color: ColorDescription
  /// What the colours are in the file.
  package let storedColor: ColorDescription
  /// What was made of samples that are proportional to light.
  package let lightCoding: LightCoding?
  /// Why the whole picture has to be in memory, as words for people; nil where rows are decoded as
  /// they are asked for.
  package let wholeReason: String?
  /// Bytes that reading takes at most, beside the file's and those of the rows handed out.
  package let memory: Int

  /// An ICC profile that fits the layout.
  package var iccProfile: [UInt8]? { color.iccProfile }
  package var rowByteCount: Int { width * layout.rawValue * depth.byteCount }
  /// Faults of the file that were tolerated, a sentence each; complete after the last row. Wrong pixels
  /// are `damage`.
  package var warnings: [String] {
    facts.warnings + (facts.inks.map { [$0.warning] } ?? [])
      + (conversion?.warning.map { [$0] } ?? [])
      + (lacksEnd
        ? ["the file ends before its end marker, but has every pixel"]
        : hasFlawedEnd ? ["the end of the file is damaged, but it has every pixel"] : [])
  }
  /// What is wrong with the pixels, or nil where the picture is whole; complete after the last row.
  package private(set) var damage: PictureDamage?
  /// What the file says beside its pixels and colours.
  package var metadata: PictureMetadata { facts.metadata }

  /// The file. The decoder keeps its address, which is valid since the array is never changed.
  private let bytes: [UInt8]
  private let decoder: OpaquePointer
  private let facts: PictureFacts
  /// What makes colours sRGB, where that is asked for.
  private let conversion: SRGBConversion?
  private let stored: (width: Int, height: Int)
  /// Whether the decoder can only give all rows at once.
  private let isDecodedWhole: Bool
  private var lacksEnd: Bool
  /// Whether what follows the pixels is damaged.
  private var hasFlawedEnd = false
  /// Bytes of the decoder's own.
  private let decoderMemory: Int
  private var nextRow = 0
  /// The first rows, while they were read to look at them and are not asked for yet.
  private var peeked: (rows: ByteBuffer, count: Int)?
  /// The whole picture upright, while it is needed.
  private var whole: ByteBuffer?

  /// Reads the header.
  ///
  /// - Parameters:
  ///   - bytes: the contents of the file.
  ///   - limits: what is too large to be read.
  ///   - colors: how they are given.
  /// - Throws: `unusablePicture` if there is no picture to be had, or none in sRGB; `.configuration` where
  ///   Little CMS is needed and missing.
  package convenience init(
    _ bytes: [UInt8], limits: PictureLimits = PictureLimits(), colors: ColorReading = .asStored
  ) throws(UpscaleError) {
    let format = try PictureDecoder.recognise(bytes, limits: limits)
    try self.init(
      bytes, format: format, limits: limits, colors: colors,
      reading: { bytes.part(at: $0, upTo: $1) }
    ) { cLimits, header, report in
      PictureReader.open(
        bytes, format: format, limits: cLimits, header: &header, report: &report)
    }
  }

  /// Reads the header of a PNG that this program has written. The file stays on the disk and is read as
  /// its rows are asked for.
  ///
  /// - Parameters:
  ///   - path: where the file is.
  ///   - limits: what is too large to be read.
  ///   - colors: how they are given.
  /// - Throws: `unusablePicture`, and what opening the file can meet.
  package convenience init(
    pngAt path: String, limits: PictureLimits, colors: ColorReading = .asStored
  ) throws(UpscaleError) {
    let file = try InputFile.openWithoutWaiting(path)
    try self.init(
      [], format: .png, limits: limits, colors: colors,
      reading: { (try? file.bytes(at: $0, count: $1)) ?? [] }
    ) { cLimits, header, report in
      file.withDescriptor { descriptor in
        withUnsafePointer(to: cLimits) { ci_png_open_file(descriptor, $0, &header, &report) }
      }
    }
  }

  private init(
    _ bytes: [UInt8], format: PictureFormat, limits: PictureLimits, colors: ColorReading,
    reading fileBytes: (Int, Int) -> [UInt8],
    opening: (ci_limits, inout ci_info, inout ci_report) -> OpaquePointer?
  ) throws(UpscaleError) {
    var header = ci_info()
    defer { ci_info_release(&header) }
    var report = ci_report()
    let decoder = opening(PictureReader.cLimits(limits), &header, &report)
    if report.status == CI_TOO_LARGE.status {
      try limits.check(width: Int(header.width), height: Int(header.height))
    }
    guard let decoder else { throw report.readingError(format: format) }
    guard let layout = Picture.Layout(rawValue: Int(header.channels)),
      let depth = Picture.Depth(rawValue: Int(header.depth))
    else {
      ci_reader_close(decoder)
      throw UpscaleError(.internalFault, "the \(format.name) decoder gave an unknown pixel layout")
    }
    let facts = PictureFacts(
      bytes: bytes, format: format, header: header, profileFlaw: report.profileFlaw,
      layout: layout, depth: depth, reading: fileBytes)
    do throws(UpscaleError) {
      conversion =
        try colors == .srgb ? SRGBConversion(facts.color, layout: layout, depth: depth) : nil
    } catch {
      ci_reader_close(decoder)
      throw error
    }
    lightCoding =
      colors == .encoded ? LightCoding(facts.color, layout: layout, depth: depth) : nil
    self.bytes = bytes
    self.decoder = decoder
    self.layout = layout
    self.depth = depth
    self.facts = facts
    info = facts.info
    storedColor = facts.color
    color = conversion?.result ?? lightCoding?.result ?? facts.color
    lacksEnd =
      report.lacks_end != 0 || format == .png && !bytes.isEmpty && !PNGChunks(bytes).isComplete
    damage = report.damage(height: Int(header.height), orientation: facts.orientation)
    stored = (Int(header.width), Int(header.height))
    isDecodedWhole = header.whole != 0
    let orientation = facts.orientation
    (width, height) =
      orientation.swapsSides ? (stored.height, stored.width) : (stored.width, stored.height)
    let isTurned = orientation.swapsSides || orientation.readsRowsBackwards
    wholeReason =
      format == .webp
      ? "a WebP"
      : isDecodedWhole
        ? "an interlaced PNG" : isTurned ? "a picture that is stored turned" : nil
    let rowBytes = stored.width * layout.rawValue * depth.byteCount
    let pixels = stored.height * rowBytes
    decoderMemory =
      Int(clamping: header.memory) + (1 << 16) + (facts.inks?.memory ?? 0)
      + (conversion?.memory ?? 0) + (lightCoding == nil ? 0 : LightCoding.byteCount)
    // Metadata are held twice while they are changed for an output.
    var memory = decoderMemory + 2 * facts.metadata.byteCount
    if wholeReason != nil {
      memory += isTurned ? 2 * pixels : pixels
    } else {
      memory += min(pixels, max(1 << 20, rowBytes))
    }
    self.memory = memory
  }

  deinit { ci_reader_close(decoder) }

  /// The size that a header claims, in pixels as stored, however large it is.
  ///
  /// - Parameter bytes: the contents of the file.
  /// - Returns: nil where there is no picture to be had.
  package static func storedSize(_ bytes: [UInt8]) -> (width: Int, height: Int)? {
    guard let format = PictureFormat.detect(bytes) else { return nil }
    var header = ci_info()
    defer { ci_info_release(&header) }
    var report = ci_report()
    // Every picture is too large for these limits, so that nothing but its size is read.
    var limits = cLimits(PictureLimits())
    (limits.pixels, limits.side) = (0, 0)
    let decoder = open(bytes, format: format, limits: limits, header: &header, report: &report)
    ci_reader_close(decoder)
    guard report.status == CI_TOO_LARGE.status else { return nil }
    return (Int(header.width), Int(header.height))
  }

  /// Whether a PNG holds every row, though its end may be missing; decodes them to find out.
  static func hasAllRows(png bytes: [UInt8], limits: PictureLimits) -> Bool {
    var report = ci_report()
    let limits = cLimits(limits)
    return bytes.withUnsafeBufferPointer { source in
      guard let start = source.baseAddress else { return false }
      return withUnsafePointer(to: limits) {
        ci_png_has_all_rows(start, source.count, $0, &report) != 0
      }
    }
  }

  private static func cLimits(_ limits: PictureLimits) -> ci_limits {
    ci_limits(
      pixels: UInt64(clamping: limits.pixels), side: UInt32(clamping: limits.side),
      scans: Int32(PictureLimits.scans), scans_of_any: Int32(PictureLimits.scansOfAny),
      scanned_pixels: UInt64(PictureLimits.scannedPixels),
      memory: UInt64(clamping: limits.decoderBytes),
      metadata: UInt64(PictureLimits.metadataBytes))
  }

  private static func open(
    _ bytes: [UInt8], format: PictureFormat, limits: ci_limits, header: inout ci_info,
    report: inout ci_report
  ) -> OpaquePointer? {
    let call =
      switch format {
      case .png: ci_png_open
      case .jpeg: ci_jpeg_open
      case .webp: ci_webp_open
      }
    return bytes.withUnsafeBufferPointer { source in
      guard let start = source.baseAddress else { return nil }
      return withUnsafePointer(to: limits) { call(start, source.count, $0, &header, &report) }
    }
  }

  /// Reads the next rows.
  ///
  /// - Parameters:
  ///   - count: how many; there must be as many left.
  ///   - target: `count * rowByteCount` bytes.
  /// - Throws: `unusablePicture` for damage, `.memory` without memory for a whole picture.
  package func read(
    _ count: Int, into target: UnsafeMutableRawBufferPointer
  ) throws(UpscaleError) {
    precondition(count >= 0 && nextRow + count <= height, "no more rows than there are")
    precondition(target.count == count * rowByteCount, "room for just these rows")
    guard count > 0 else { return }
    if let peeked {
      let given = min(count, peeked.count - nextRow)
      let size = given * rowByteCount
      target.copyMemory(
        from: UnsafeRawBufferPointer(
          rebasing: peeked.rows.bytes[nextRow * rowByteCount..<nextRow * rowByteCount + size]))
      nextRow += given
      if nextRow == peeked.count { self.peeked = nil }
      try read(count - given, into: UnsafeMutableRawBufferPointer(rebasing: target[size...]))
      return
    }
    if wholeReason == nil {
      try decodeRows(count, into: target)
    } else if whole == nil, count == height, facts.orientation == .upright {
      try decode(count, into: target)
    } else {
      if whole == nil { whole = try readWhole() }
      guard let whole else { return }
      let start = nextRow * rowByteCount
      target.copyMemory(
        from: UnsafeRawBufferPointer(rebasing: whole.bytes[start..<start + target.count]))
      if nextRow + count == height { self.whole = nil }
    }
    nextRow += count
  }

  /// Finds out what the samples are like. To be called before any other reading.
  ///
  /// - Returns: what they are like, and whether rows can be read afterwards: where more than the first of them
  ///   had to be looked at, another reader has to be made.
  /// - Throws: as `read`.
  package func examineContent() throws(UpscaleError) -> (content: PictureContent, isSpent: Bool) {
    precondition(nextRow == 0, "before any other reading")
    var examiner = ContentExaminer(
      RowFormat(width: width, height: height, layout: layout, depth: depth))
    if examiner.isSettled { return (examiner.content, false) }
    if wholeReason != nil {
      let pixels = try readWhole()
      whole = pixels
      examiner.take(UnsafeRawBufferPointer(pixels.bytes))
      return (examiner.content, false)
    }
    let rows = storedRowsAtOnce
    let buffer = try ByteBuffer(count: rows * rowByteCount, for: "rows")
    for first in stride(from: 0, to: height, by: rows) where !examiner.isSettled {
      let count = min(rows, height - first)
      let part = UnsafeMutableRawBufferPointer(rebasing: buffer.bytes[..<(count * rowByteCount)])
      try decodeRows(count, into: part)
      examiner.take(UnsafeRawBufferPointer(part))
      if first == 0, examiner.isSettled || count == height { peeked = (buffer, count) }
    }
    return (examiner.content, peeked == nil)
  }

  /// Decodes rows of a picture that is not whole in memory.
  private func decodeRows(
    _ count: Int, into target: UnsafeMutableRawBufferPointer
  ) throws(UpscaleError) {
    try decode(count, into: target)
    if facts.orientation.readsColumnsBackwards { mirror(target, rows: count) }
  }

  /// Bytes that `readToEnd` takes at most.
  package var memoryToReadToEnd: Int {
    decoderMemory + 2 * facts.metadata.byteCount
      + (info.format == .webp ? stored.height : storedRowsAtOnce) * storedRowByteCount
  }

  /// Reads all rows and keeps none, to find out whether the picture is whole. To be called before any
  /// other reading.
  ///
  /// - Throws: as `read`.
  package func readToEnd() throws(UpscaleError) {
    precondition(nextRow == 0, "from the first row on")
    nextRow = height
    guard !(isDecodedWhole && info.format == .png) else {
      try decode(stored.height, into: UnsafeMutableRawBufferPointer(start: nil, count: 0))
      return
    }
    let rows = isDecodedWhole ? stored.height : storedRowsAtOnce
    let buffer = try ByteBuffer(count: rows * storedRowByteCount, for: "the picture")
    for first in stride(from: 0, to: stored.height, by: rows) {
      let count = min(rows, stored.height - first)
      try decode(
        count,
        into: UnsafeMutableRawBufferPointer(
          rebasing: buffer.bytes[..<(count * storedRowByteCount)]))
    }
  }

  private var storedRowByteCount: Int { stored.width * layout.rawValue * depth.byteCount }

  /// As many rows as a MiB holds, at least one.
  private var storedRowsAtOnce: Int {
    min(stored.height, max(1, (1 << 20) / storedRowByteCount))
  }

  private func decode(
    _ count: Int, into target: UnsafeMutableRawBufferPointer
  ) throws(UpscaleError) {
    let start = target.baseAddress?.assumingMemoryBound(to: UInt8.self)
    var report = ci_report()
    if let start { ci_zero(start, target.count) }
    facts.inks?.begin(decoder)
    ci_reader_rows(decoder, start, UInt32(count), &report)
    damage = report.damage(height: stored.height, orientation: facts.orientation)
    hasFlawedEnd = report.flawed_end != 0
    guard report.status == CI_OK.status else { throw report.readingError(format: info.format) }
    lightCoding?.encode(target)
    conversion?.convert(target, count: target.count / (layout.rawValue * depth.byteCount))
  }

  private func readWhole() throws(UpscaleError) -> ByteBuffer {
    let pixelSize = layout.rawValue * depth.byteCount
    let size = stored.width * stored.height * pixelSize
    let decoded = try ByteBuffer(count: size, for: "the picture")
    if isDecodedWhole {
      try decode(stored.height, into: decoded.bytes)
    } else {
      let rows = storedRowsAtOnce
      for first in stride(from: 0, to: stored.height, by: rows) {
        let count = min(rows, stored.height - first)
        let start = first * stored.width * pixelSize
        try decode(
          count,
          into: UnsafeMutableRawBufferPointer(
            rebasing: decoded.bytes[start..<start + count * stored.width * pixelSize]))
      }
    }
    guard facts.orientation != .upright else { return decoded }
    let turned = try ByteBuffer(count: size, for: "the turned picture")
    turnPixels(
      UnsafeRawBufferPointer(decoded.bytes), width: stored.width, height: stored.height,
      size: pixelSize, facts.orientation, into: turned.bytes)
    return turned
  }

  private func mirror(_ target: UnsafeMutableRawBufferPointer, rows: Int) {
    let copy = [UInt8](UnsafeRawBufferPointer(target))
    copy.withUnsafeBytes {
      turnPixels(
        $0, width: stored.width, height: rows, size: layout.rawValue * depth.byteCount,
        facts.orientation, into: target)
    }
  }
}

extension ci_status {
  /// The status as the C structs hold it.
  var status: Int32 { Int32(bitPattern: rawValue) }
}
