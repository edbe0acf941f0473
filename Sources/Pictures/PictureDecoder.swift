public import SystemSupport

/// Reads pictures: PNG, JPEG and WebP, recognised by their contents.
///
/// The bytes may be anything. The result is a picture or an `UpscaleError` with one plain sentence; limits
/// are checked before memory is allocated.
public enum PictureDecoder {
  /// Reads a picture and turns it upright.
  ///
  /// - Parameters:
  ///   - bytes: The contents of the file.
  ///   - limits: What is too large to be read.
  /// - Returns: The picture with everything that is known of it.
  /// - Throws: `.empty`, `.limit` for a file, side or picture beyond `limits`, `.unusablePicture` for bytes
  ///   that cannot be decoded, `.memory`.
  public static func decode(
    _ bytes: [UInt8], limits: PictureLimits = PictureLimits()
  ) throws(UpscaleError) -> DecodedPicture {
    let reader = try PictureReader(bytes, limits: limits)
    let size = reader.height * reader.rowByteCount
    try MemoryExhaustion.require(size, for: "the picture")
    var pixels = [UInt8](unsafeUninitializedCapacity: size) { _, count in
      // The reader writes every byte.
      count = size
    }
    try pixels.withUnsafeMutableBufferPointer { pixels throws(UpscaleError) in
      try reader.read(reader.height, into: UnsafeMutableRawBufferPointer(pixels))
    }
    var picture = Picture(
      width: reader.width, height: reader.height, layout: reader.layout, depth: reader.depth,
      bytes: pixels)
    picture.color = reader.color
    return DecodedPicture(
      picture: picture, info: reader.info, warnings: reader.warnings + reader.metadata.warnings,
      damage: reader.damage)
  }

  /// Decodes a picture to the end to learn whether it is usable, and keeps none of its pixels.
  ///
  /// - Parameters:
  ///   - bytes: The contents of the file.
  ///   - limits: What is too large to be read.
  ///   - budget: What the process may hold, the file included.
  /// - Returns: What the file says.
  /// - Throws: as `decode`; `.memory` for a picture that has to be whole in memory and does not fit.
  public static func check(
    _ bytes: [UInt8], limits: PictureLimits = PictureLimits(),
    budget: MemoryBudget = MemoryBudget()
  ) throws(UpscaleError) -> CheckedPicture {
    let reader = try PictureReader(bytes, limits: limits)
    let (needed, free) = (reader.memoryToReadToEnd, budget.free)
    guard needed <= free else {
      let reason =
        reader.info.format == .webp
        ? "a WebP, which must be read whole, needs"
        : reader.info.format == .jpeg && reader.info.isInterlacedOrProgressive
          ? "a progressive JPEG, all of whose passes must be held, needs" : "reading it needs"
      let (needs, may) = byteCountTexts(needed, of: max(0, free))
      throw UpscaleError(
        .memory(.init(.input, needed: needed, available: free)),
        "not enough memory: \(reason) \(needs) and \(may) may be used")
    }
    try reader.readToEnd()
    return CheckedPicture(
      info: reader.info, warnings: reader.warnings + reader.metadata.warnings,
      damage: reader.damage)
  }

  /// Reads no more than the header.
  ///
  /// What lies behind the pixels (a PNG's late EXIF) is not read, and damage within them is not noticed.
  ///
  /// - Parameters:
  ///   - bytes: The contents of the file.
  ///   - limits: What is too large to be read.
  /// - Returns: What the header says.
  /// - Throws: `.empty`, `.limit`, or `.unusablePicture` for a header that cannot be read.
  public static func probe(
    _ bytes: [UInt8], limits: PictureLimits = PictureLimits()
  ) throws(UpscaleError) -> PictureInfo {
    try PictureReader(bytes, limits: limits).info
  }

  /// The format of a file that may be one of ours.
  static func recognise(
    _ bytes: [UInt8], limits: PictureLimits
  ) throws(UpscaleError) -> PictureFormat {
    guard !bytes.isEmpty else { throw UpscaleError(.empty, "the file is empty") }
    guard bytes.count <= limits.fileBytes else {
      let (has, may) = byteCountTexts(bytes.count, of: limits.fileBytes)
      throw UpscaleError(
        .limit(.init(.fileBytes, allowed: limits.fileBytes, actual: bytes.count)),
        "the file has \(has) and \(may) are allowed: save it smaller or raise the limit")
    }
    if let format = PictureFormat.detect(bytes) {
      if format == .png { try checkChunks(bytes, limits: limits) }
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

  private static func checkChunks(
    _ bytes: [UInt8], limits: PictureLimits
  ) throws(UpscaleError) {
    let chunks = PNGChunks(bytes)
    if chunks.isAppleOptimised {
      throw UpscaleError(
        .unusablePicture,
        "the file is an Apple-optimised PNG (CgBI), which is not a standard PNG:"
          + " convert it with Apple's pngcrush -revert-iphone-optimizations")
    }
    if !chunks.isComplete, !PictureReader.hasAllRows(png: bytes, limits: limits) {
      throw UpscaleError(
        .unusablePicture, "the PNG picture is cut short or damaged: get a fresh copy of it")
    }
  }
}
