import CImageCodecs

/// What the decoder's header and the file's metadata say together.
struct PictureFacts {
  let info: PictureInfo
  let metadata: PictureMetadata
  let color: ColorDescription
  /// How a CMYK picture becomes RGB; nil for others.
  let inks: InkConversion?
  let orientation: Orientation
  let warnings: [String]

  /// - Parameters:
  ///   - bytes: the file.
  ///   - format: what it was recognised as.
  ///   - header: what its decoder says.
  ///   - profileFlaw: what its decoder found wrong with the colour profile, kept or not.
  ///   - layout: `header`'s channels.
  ///   - depth: `header`'s bits of a sample.
  ///   - fileBytes: gives so many bytes of a PNG's file from an offset on.
  init(
    bytes: [UInt8], format: PictureFormat, header: ci_info, profileFlaw: String?,
    layout: Picture.Layout, depth: Picture.Depth, reading fileBytes: (Int, Int) -> [UInt8]
  ) {
    func array(_ start: UnsafeMutablePointer<UInt8>?, _ count: Int) -> [UInt8]? {
      start.map { Array(UnsafeBufferPointer(start: $0, count: count)) }
    }
    var warnings: [String] = []
    var icc = array(header.icc, header.icc_size)
    var frameCount = Int(header.frames)
    var pictureCount = 1
    var png = PNGColor()
    switch format {
    case .jpeg:
      let segments = JPEGSegments(bytes)
      icc = segments.iccProfile
      pictureCount = MultiPictureIndex(bytes, segments)?.pictureCount ?? 1
      if segments.hasBrokenICCProfile {
        warnings.append("the colour profile is incomplete and was left out")
      }
    case .png:
      frameCount = PNGChunks(bytes).frameCount
      png = PNGColor(warnings: &warnings, reading: fileBytes)
    case .webp: break
    }
    if frameCount > 1 {
      warnings.append("the \(format.name) is an animation: only its first frame is read")
    }
    if pictureCount > 1 {
      warnings.append("the file holds \(pictureCount) pictures: only the first is read")
    }
    if header.cmyk != 0 {
      inks = InkConversion(profile: icc)
      icc = nil
    } else {
      inks = nil
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
    metadata = PictureMetadata(bytes, format: format)
    orientation = metadata.orientation
    color = ColorDescription(iccProfile: icc, png: png)
    self.warnings = warnings
    info = PictureInfo(
      format: format, width: Int(header.width), height: Int(header.height), layout: layout,
      depth: depth, orientation: orientation.rawValue, hasICCProfile: icc != nil,
      colorSummary: header.cmyk != 0 ? "CMYK" : color.summary,
      isInterlacedOrProgressive: header.interlaced != 0, frameCount: frameCount,
      pictureCount: pictureCount,
      metadata: metadata.summary)
  }
}
