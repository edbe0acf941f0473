import CImageCodecs

/// What the decoder's header and the file's metadata say together.
struct PictureFacts {
  let info: PictureInfo
  let iccProfile: [UInt8]?
  let orientation: Orientation
  let warnings: [String]

  /// - Parameters:
  ///   - bytes: the file.
  ///   - format: what it was recognised as.
  ///   - header: what its decoder says.
  ///   - profileFlaw: what its decoder found wrong with the colour profile, kept or not.
  ///   - layout: `header`'s channels.
  ///   - depth: `header`'s bits of a sample.
  init(
    bytes: [UInt8], format: PictureFormat, header: ci_info, profileFlaw: String?,
    layout: Picture.Layout, depth: Picture.Depth
  ) {
    func array(_ start: UnsafeMutablePointer<UInt8>?, _ count: Int) -> [UInt8]? {
      start.map { Array(UnsafeBufferPointer(start: $0, count: count)) }
    }
    var warnings: [String] = []
    var (icc, exif) = (array(header.icc, header.icc_size), array(header.exif, header.exif_size))
    var frameCount = Int(header.frames)
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
    let pictureCount = format == .jpeg ? MultiPictureIndex(bytes)?.pictureCount ?? 1 : 1
    if pictureCount > 1 {
      warnings.append("the file holds \(pictureCount) pictures: only the first is read")
    }
    if header.cmyk != 0 {
      warnings.append("the picture is CMYK and was converted to RGB without its colour profile")
      icc = nil
    }
    if let profile = icc,
      let complaint = ICCProfile.complaint(about: profile, layout: layout)
    {
      warnings.append(complaint)
      icc = nil
    } else if let profileFlaw {
      warnings.append(
        icc == nil
          ? "the colour profile cannot be used and was left out (\(profileFlaw))"
          : "the colour profile is flawed, and was kept as it reads well (\(profileFlaw))")
    }
    orientation = exif.map(Orientation.init(exif:)) ?? .upright
    iccProfile = icc
    self.warnings = warnings
    info = PictureInfo(
      format: format, width: Int(header.width), height: Int(header.height), layout: layout,
      depth: depth, orientation: orientation.rawValue, hasICCProfile: icc != nil,
      isInterlacedOrProgressive: header.interlaced != 0, frameCount: frameCount,
      pictureCount: pictureCount)
  }
}
