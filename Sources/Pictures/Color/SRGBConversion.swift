import SystemSupport

/// Converts a picture's rows to sRGB in their place, by relative colorimetry with black point compensation.
final class SRGBConversion {
  /// What the converted picture's colours are.
  let result: ColorDescription
  /// What could not be converted, as a sentence; nil where all was.
  let warning: String?

  private let transform: ColorTransform?
  private let profileSize: Int

  /// - Parameters:
  ///   - color: what the picture's colours are.
  ///   - layout: its channels.
  ///   - depth: its bits of a sample.
  /// - Throws: `.unusablePicture` for colours of high dynamic range, `.configuration` without Little CMS.
  init(
    _ color: ColorDescription, layout: Picture.Layout, depth: Picture.Depth
  ) throws(UpscaleError) {
    var srgb = PNGColor()
    srgb.renderingIntent = 1
    result = ColorDescription(png: srgb)
    if case .inexpressible(let points) = color.meaning {
      throw UpscaleError(
        .unusablePicture,
        "its colours are \(points.highDynamicRange ?? points.name) and cannot be converted to sRGB")
    }
    guard let profile = color.profile(isGray: layout.isGray) else {
      (transform, warning, profileSize) = (nil, nil, 0)
      return
    }
    guard ColorTransform.load() else {
      throw ColorTransform.missingLibrary
    }
    transform = ColorTransform(toSRGB: profile, layout: layout, depth: depth)
    profileSize = profile.count
    warning =
      transform == nil
      ? "the colour profile cannot be used and was left out: the colours are taken for sRGB" : nil
  }

  /// Bytes that it takes at most.
  var memory: Int { transform == nil ? 0 : ColorTransform.byteCount + 2 * profileSize }

  func convert(_ rows: UnsafeMutableRawBufferPointer, count: Int) {
    transform?.convert(rows, count: count)
  }
}
