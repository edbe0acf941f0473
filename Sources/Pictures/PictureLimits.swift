import SystemSupport

/// How large a picture may be that is read. Headers are checked before memory is allocated.
public struct PictureLimits: Sendable, Equatable {
  /// Width times height.
  public var pixels = 100_000_000
  /// Width or height.
  public var side = 32_768
  /// Size of the file.
  public var fileBytes = 512 << 20

  /// The default limits, which pictures of any camera keep.
  public init() {}

  /// Scans of a progressive JPEG. Photos have at most 11; each costs a pass over all pixels.
  static let scans = 100

  /// Scans that a picture of any size may have.
  static let scansOfAny = 25

  /// Beyond those, scans times pixels: 100 empty scans of 100 million pixels would take a file of
  /// 1 kB and 4 seconds.
  static let scannedPixels = 2_500_000_000

  /// Bytes of an ICC profile or EXIF block; larger ones are left out.
  static let metadataBytes = 4 << 20

  /// What libjpeg may hold: a progressive picture keeps up to 2 bytes for each of 3 or 4 channels.
  var decoderBytes: Int { min(pixels, Int.max / 16) * 8 + (64 << 20) }

  /// - Throws: `.limit` if a picture of this size is too large.
  func check(width: Int, height: Int) throws(UpscaleError) {
    if width > side || height > side {
      throw UpscaleError(
        .limit(.init(.side, allowed: side, actual: max(width, height))),
        "the picture is \(width) x \(height) pixels and a side may have \(side):"
          + " make it smaller or raise the limit")
    }
    let (count, overflow) = width.multipliedReportingOverflow(by: height)
    if overflow || count > pixels {
      let (has, may) = countTexts(overflow ? Int.max : count, of: pixels)
      throw UpscaleError(
        .limit(.init(.pixels, allowed: pixels, actual: overflow ? nil : count)),
        "the picture is \(width) x \(height) pixels, \(has) where \(may) are allowed:"
          + " make it smaller or raise the limit")
    }
  }
}
