import CLCMS
package import SystemSupport

/// Converts pixels from one ICC profile to another, by Little CMS, which is opened when it is first needed.
package final class ColorTransform {
  private let transform: OpaquePointer

  /// The package of Debian that has the library.
  package static let libraryPackage = "liblcms2-2"

  /// Opens the library, which is impossible in a sandbox.
  ///
  /// - Returns: whether there is one.
  @discardableResult
  package static func load() -> Bool { cl_load() != 0 }

  /// The refusal of a conversion without the library.
  package static var missingLibrary: UpscaleError {
    UpscaleError(
      .configuration,
      "converting colours to sRGB needs Little CMS 2, which is not installed: apt-get install"
        + " \(libraryPackage)")
  }

  /// Bytes that a transform takes at most, beside the profiles: a grid of 33 x 33 x 33 colours, or of
  /// 23 x 23 x 23 x 23 inks, of 16 bits for each channel, and tables of curves.
  static let byteCount = 8 << 20

  /// A conversion of inks to sRGB: 4 bytes a pixel, more being darker, to 3.
  ///
  /// - Parameter profile: of the inks.
  ///
  /// nil where the library is missing or cannot use the profile.
  convenience init?(fromInks profile: [UInt8]) {
    self.init(
      from: profile, .cmyk, to: StandardProfile.srgb, .rgb, hasAlpha: false, depth: .eight)
  }

  /// A conversion to the same layout and depth in sRGB.
  ///
  /// - Parameters:
  ///   - profile: of the pixels.
  ///   - layout: their channels; alpha is kept.
  ///   - depth: their bits of a sample.
  ///
  /// nil where the library is missing or cannot use the profile.
  convenience init?(
    toSRGB profile: [UInt8], layout: Picture.Layout, depth: Picture.Depth
  ) {
    let space = ProfileSpace(layout)
    self.init(
      from: profile, space, to: layout.isGray ? StandardProfile.srgbGray : StandardProfile.srgb,
      space, hasAlpha: layout.hasAlpha, depth: depth)
  }

  private init?(
    from source: [UInt8], _ sourceSpace: ProfileSpace, to target: [UInt8],
    _ targetSpace: ProfileSpace,
    hasAlpha: Bool, depth: Picture.Depth
  ) {
    func pixels(_ space: ProfileSpace) -> cl_pixels {
      let code =
        switch space {
        case .gray: CL_GRAY
        case .rgb: CL_RGB
        case .cmyk: CL_CMYK
        }
      return cl_pixels(
        space: Int32(bitPattern: code.rawValue), channels: Int32(space.channelCount),
        has_alpha: hasAlpha ? 1 : 0, bytes: Int32(depth.byteCount))
    }
    let created = source.withUnsafeBufferPointer { from in
      target.withUnsafeBufferPointer { to -> OpaquePointer? in
        guard let start = from.baseAddress, let end = to.baseAddress else { return nil }
        return cl_transform_create(
          start, from.count, pixels(sourceSpace), end, to.count, pixels(targetSpace))
      }
    }
    guard let created else { return nil }
    transform = created
  }

  deinit { cl_transform_destroy(transform) }

  /// Converts pixels in their place; source and target have the same layout.
  ///
  /// - Parameters:
  ///   - rows: the pixels.
  ///   - count: how many.
  func convert(_ rows: UnsafeMutableRawBufferPointer, count: Int) {
    guard let start = rows.baseAddress?.assumingMemoryBound(to: UInt8.self) else { return }
    cl_transform_apply(UnsafeMutableRawPointer(transform), start, start, count)
  }

  /// Calls `body` with what C code has to be given to convert pixels, valid as long as this object is.
  func withConverter<Result>(
    _ body: (
      @convention(c) (
        UnsafeMutableRawPointer, UnsafePointer<UInt8>, UnsafeMutablePointer<UInt8>, Int
      )
        -> Void, UnsafeMutableRawPointer
    ) -> Result
  ) -> Result {
    body(cl_transform_apply, UnsafeMutableRawPointer(transform))
  }
}
