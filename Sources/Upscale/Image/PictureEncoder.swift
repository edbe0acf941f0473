import CImageCodecs

/// Writes pictures as PNG, JPEG and WebP, with their ICC profile and no other metadata.
///
/// A picture that a format cannot hold as it is, is fitted in: 16 bits become 8 (rounded to
/// nearest), alpha is laid over white for JPEG, gray becomes RGB for WebP. `losses` says so
/// beforehand.
public enum PictureEncoder {
  /// Encodes a picture.
  ///
  /// - Parameters:
  ///   - picture: What to write; its depth is kept where the format has it.
  ///   - format: What to write it as.
  ///   - options: Quality and loss.
  /// - Returns: The contents of the file.
  /// - Throws: `usage` for a quality out of range, `cannotCreate` for a picture that does not fit
  ///   the format, `tryLater` when memory runs out.
  public static func encode(
    _ picture: Picture, as format: PictureFormat, options: EncodingOptions = EncodingOptions()
  ) throws(UpscaleError) -> [UInt8] {
    try check(width: picture.width, height: picture.height, layout: picture.layout, format: format)
    let quality = options.quality(for: format)
    guard (1...100).contains(quality) else {
      throw UpscaleError(.usage, "the quality is \(quality): give a number from 1 to 100")
    }
    var output = ci_output()
    defer { ci_output_release(&output) }
    var report = ci_report()
    let profile = writtenProfile(of: picture, format: format)
    picture.bytes.withUnsafeBufferPointer { pixels in
      (profile ?? []).withUnsafeBufferPointer { profile in
        guard let start = pixels.baseAddress else { return }
        var source = ci_source(
          pixels: start, width: UInt32(picture.width), height: UInt32(picture.height),
          channels: Int32(picture.layout.rawValue), depth: Int32(picture.depth.rawValue),
          icc: profile.isEmpty ? nil : profile.baseAddress, icc_size: profile.count)
        switch format {
        case .png: _ = ci_png_write(&source, pngLevel, &output, &report)
        case .jpeg: _ = ci_jpeg_write(&source, Int32(quality), &output, &report)
        case .webp:
          _ = ci_webp_write(&source, Int32(quality), options.lossless ? 1 : 0, &output, &report)
        }
      }
    }
    guard report.status == 0 else { throw report.writingError(format: format) }
    let size = output.size
    return [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
      guard let target = buffer.baseAddress else { return }
      ci_output_take(&output, target)
      count = size
    }
  }

  /// Whether a picture of this size can be written, to be asked before any work.
  ///
  /// - Parameters:
  ///   - width: Columns.
  ///   - height: Rows.
  ///   - layout: Channels; none is refused, see `losses`.
  ///   - format: What to write.
  /// - Throws: `cannotCreate` if a side is too long for the format.
  public static func check(
    width: Int, height: Int, layout: Picture.Layout, format: PictureFormat
  ) throws(UpscaleError) {
    guard max(width, height) > format.maximumSide else { return }
    let others = PictureFormat.allCases.filter { $0.maximumSide >= max(width, height) }
    let advice = others.isEmpty ? "" : ", write \(others.map(\.name).joined(separator: " or "))"
    throw UpscaleError(
      .cannotCreate,
      "the result would be \(width) x \(height) pixels and a side of a \(format.name) has at most"
        + " \(format.maximumSide): use a smaller scale\(advice)")
  }

  /// What of a picture does not survive in a format, a sentence each.
  public static func losses(of picture: Picture, as format: PictureFormat) -> [String] {
    var sentences: [String] = []
    if picture.layout.hasAlpha, !format.supportsAlpha {
      sentences.append(
        "\(format.name) has no transparency: transparent parts are written over white")
    }
    if picture.depth.rawValue > format.maximumDepth.rawValue {
      sentences.append("\(format.name) has 8 bits a sample: 16 bits are rounded to 8")
    }
    if picture.iccProfile != nil, writtenProfile(of: picture, format: format) == nil {
      sentences.append(
        "the colour profile does not fit the pixels of the \(format.name) and is left out")
    }
    return sentences
  }

  /// The picture's profile if it fits what the file will hold.
  private static func writtenProfile(of picture: Picture, format: PictureFormat) -> [UInt8]? {
    let layout: Picture.Layout =
      picture.layout.isGray && format.supportsGray ? .gray : .rgb
    guard let profile = picture.iccProfile,
      ICCProfile.complaint(about: profile, layout: layout) == nil
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
