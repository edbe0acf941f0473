import CImageCodecs

/// A picture, and what is worth telling of the file it came from.
public struct DecodedPicture: Sendable {
  /// The pixels, upright.
  public let picture: Picture
  /// What the file says.
  public let info: PictureInfo
  /// What was lost or put up with, a sentence each.
  public let warnings: [String]
}

/// Reads pictures: PNG, JPEG and WebP, told apart by their contents.
///
/// Any bytes may come in. What comes out is a picture or an `UpscaleError` with one plain sentence;
/// limits are checked before memory is spent.
public enum PictureDecoder {
  /// Reads a picture and turns it upright.
  ///
  /// - Parameters:
  ///   - bytes: The contents of the file.
  ///   - limits: What is too large to be read.
  /// - Returns: The picture with everything that is known of it.
  /// - Throws: `unusablePicture` if there is no picture to be had.
  public static func decode(
    _ bytes: [UInt8], limits: PictureLimits = PictureLimits()
  ) throws(UpscaleError) -> DecodedPicture {
    let format = try recognise(bytes, limits: limits)
    let header = try read(bytes, format: format, limits: limits, size: nil)
    let full = try read(bytes, format: format, limits: limits, size: header.pixelBytes)
    let facts = Facts(bytes: bytes, format: format, result: full)

    let stored = Picture(
      width: full.width, height: full.height, layout: full.layout, depth: full.depth,
      bytes: full.pixels, iccProfile: facts.iccProfile)
    return DecodedPicture(
      picture: stored.oriented(facts.orientation), info: facts.info, warnings: facts.warnings)
  }

  /// Reads no more than the header.
  ///
  /// What comes after the pixels (a PNG's late EXIF) and damage within them go unnoticed.
  ///
  /// - Parameters:
  ///   - bytes: The contents of the file.
  ///   - limits: What is too large to be read.
  /// - Returns: What the header says.
  /// - Throws: `unusablePicture` if the header already rules a picture out.
  public static func probe(
    _ bytes: [UInt8], limits: PictureLimits = PictureLimits()
  ) throws(UpscaleError) -> PictureInfo {
    let format = try recognise(bytes, limits: limits)
    let header = try read(bytes, format: format, limits: limits, size: nil)
    return Facts(bytes: bytes, format: format, result: header).info
  }

  private static func recognise(
    _ bytes: [UInt8], limits: PictureLimits
  ) throws(UpscaleError) -> PictureFormat {
    guard !bytes.isEmpty else { throw UpscaleError(.unusablePicture, "the file is empty") }
    guard bytes.count <= limits.fileBytes else {
      throw UpscaleError(
        .unusablePicture,
        "the file has \(bytes.count >> 20) MiB and \(limits.fileBytes >> 20) MiB are allowed:"
          + " save it smaller or raise the limit")
    }
    if let format = PictureFormat.detect(bytes) {
      if format == .png { try checkChunks(PNGChunks(bytes)) }
      return format
    }
    if let foreign = ForeignFormat.detect(bytes) {
      throw UpscaleError(
        .unusablePicture,
        "the file is \(foreign.rawValue): convert it to PNG, JPEG or WebP first")
    }
    if bytes.hasText("PNG", at: 1) {
      throw UpscaleError(
        .unusablePicture,
        "the PNG was damaged on its way, as by a transfer in text mode: get a fresh copy of it")
    }
    throw UpscaleError(
      .unusablePicture, "the file is not a picture: PNG, JPEG and WebP can be read")
  }

  private static func checkChunks(_ chunks: PNGChunks) throws(UpscaleError) {
    if chunks.isAppleOptimised {
      throw UpscaleError(
        .unusablePicture,
        "the file is an Apple-optimised PNG (CgBI), which is not a standard PNG:"
          + " convert it with Apple's pngcrush -revert-iphone-optimizations")
    }
    if !chunks.isComplete {
      throw UpscaleError(
        .unusablePicture, "the PNG picture is cut short or damaged: get a fresh copy of it")
    }
  }
}

// MARK: - The C call

extension PictureDecoder {
  /// What one C call found.
  fileprivate struct Result {
    let width: Int
    let height: Int
    let layout: Picture.Layout
    let depth: Picture.Depth
    let isInterlaced: Bool
    let isCMYK: Bool
    let frameCount: Int
    var icc: [UInt8]?
    var exif: [UInt8]?
    let complaint: String?
    /// Empty if only the header was read.
    var pixels: [UInt8] = []

    var pixelBytes: Int { width * height * layout.rawValue * depth.byteCount }
  }

  /// Reads the header or, with a size, the pixels.
  private static func read(
    _ bytes: [UInt8], format: PictureFormat, limits: PictureLimits, size: Int?
  ) throws(UpscaleError) -> Result {
    var info = ci_info()
    defer { ci_info_release(&info) }
    var report = ci_report()
    let cLimits = ci_limits(
      pixels: UInt64(clamping: limits.pixels), side: UInt32(clamping: limits.side),
      scans: Int32(PictureLimits.scans), scans_of_any: Int32(PictureLimits.scansOfAny),
      scanned_pixels: UInt64(PictureLimits.scannedPixels),
      memory: UInt64(clamping: limits.decoderBytes),
      metadata: UInt64(PictureLimits.metadataBytes))
    let call =
      switch format {
      case .png: ci_png_read
      case .jpeg: ci_jpeg_read
      case .webp: ci_webp_read
      }

    var pixels: [UInt8] = []
    if let size {
      pixels = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
        guard let target = buffer.baseAddress else { return }
        ci_zero(target, size)
        bytes.withUnsafeBufferPointer { source in
          guard let start = source.baseAddress else { return }
          withUnsafePointer(to: cLimits) { limits in
            _ = call(start, source.count, limits, target, size, &info, &report)
          }
        }
        count = report.status == CI_OK.status ? size : 0
      }
    } else {
      bytes.withUnsafeBufferPointer { source in
        guard let start = source.baseAddress else { return }
        withUnsafePointer(to: cLimits) { limits in
          _ = call(start, source.count, limits, nil, 0, &info, &report)
        }
      }
    }

    if report.status == CI_TOO_LARGE.status {
      try limits.check(width: Int(info.width), height: Int(info.height))
    }
    guard report.status == CI_OK.status else { throw report.readingError(format: format) }
    guard let layout = Picture.Layout(rawValue: Int(info.channels)),
      let depth = Picture.Depth(rawValue: Int(info.depth))
    else {
      throw UpscaleError(.internalFault, "the \(format.name) decoder gave an unknown pixel layout")
    }
    return Result(
      width: Int(info.width), height: Int(info.height), layout: layout, depth: depth,
      isInterlaced: info.interlaced != 0, isCMYK: info.cmyk != 0, frameCount: Int(info.frames),
      icc: array(info.icc, info.icc_size), exif: array(info.exif, info.exif_size),
      complaint: report.complaint(format: format), pixels: pixels)
  }

  private static func array(_ start: UnsafeMutablePointer<UInt8>?, _ count: Int) -> [UInt8]? {
    start.map { Array(UnsafeBufferPointer(start: $0, count: count)) }
  }
}

// MARK: - What the file says

/// The decoder's findings and the file's metadata, put together.
private struct Facts {
  let info: PictureInfo
  let iccProfile: [UInt8]?
  let orientation: Orientation
  let warnings: [String]

  init(bytes: [UInt8], format: PictureFormat, result: PictureDecoder.Result) {
    var warnings: [String] = []
    if let complaint = result.complaint { warnings.append(complaint) }

    var (icc, exif, frameCount) = (result.icc, result.exif, result.frameCount)
    switch format {
    case .jpeg:
      let segments = JPEGSegments(bytes)
      (icc, exif) = (segments.iccProfile, segments.exif)
      if segments.hasBrokenICCProfile {
        warnings.append("the colour profile is incomplete and was left out")
      }
    case .png:
      let chunks = PNGChunks(bytes)
      (exif, frameCount) = (chunks.exif, chunks.frameCount)
    case .webp: break
    }
    if frameCount > 1 {
      warnings.append("the \(format.name) is an animation: only its first frame is read")
    }
    if result.isCMYK {
      warnings.append("the picture is CMYK and was converted to RGB without its colour profile")
      icc = nil
    }
    if let profile = icc,
      let complaint = ICCProfile.complaint(about: profile, layout: result.layout)
    {
      warnings.append(complaint)
      icc = nil
    }
    orientation = exif.map(Orientation.init(exif:)) ?? .upright
    iccProfile = icc
    self.warnings = warnings
    info = PictureInfo(
      format: format, width: result.width, height: result.height, layout: result.layout,
      depth: result.depth, orientation: orientation.rawValue, hasICCProfile: icc != nil,
      isInterlacedOrProgressive: result.isInterlaced, frameCount: frameCount)
  }
}

extension ci_status {
  /// The status as the C structs hold it.
  fileprivate var status: Int32 { Int32(bitPattern: rawValue) }
}
