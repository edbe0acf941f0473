import CImageCodecs

/// How the inks of a CMYK JPEG become red, green and blue: by the picture's profile, to sRGB, or by a formula
/// where there is none, it cannot be used, or Little CMS is missing.
final class InkConversion {
  private enum Means {
    case formula
    case profile([UInt8])
    case unusableProfile
    case missingLibrary
  }

  private var means: Means
  private var transform: ColorTransform?
  private var hasBegun = false

  /// - Parameter profile: the picture's, checked in no way.
  init(profile: [UInt8]?) {
    means =
      if let profile {
        if ICCProfile.complaint(about: profile, space: .cmyk) != nil {
          .unusableProfile
        } else {
          ColorTransform.load() ? .profile(profile) : .missingLibrary
        }
      } else {
        .formula
      }
  }

  /// Bytes that it takes at most.
  var memory: Int {
    if case .profile(let profile) = means {
      ColorTransform.byteCount + 2 * profile.count
    } else {
      0
    }
  }

  /// What was done, as a sentence; complete after the first row.
  var warning: String {
    switch means {
    case .formula:
      "the picture is CMYK without a colour profile and was converted to RGB by a formula"
    case .profile: "the picture is CMYK and was converted to sRGB through its colour profile"
    case .unusableProfile:
      "the picture is CMYK and was converted to RGB by a formula, since its colour profile cannot be used"
    case .missingLibrary:
      "the picture is CMYK and was converted to RGB by a formula: its colour profile is used where Little CMS"
        + " is installed (apt-get install \(ColorTransform.libraryPackage))"
    }
  }

  /// Has the decoder convert by the profile; to be called before rows are read.
  func begin(_ decoder: OpaquePointer) {
    guard !hasBegun else { return }
    hasBegun = true
    guard case .profile(let profile) = means else { return }
    guard let transform = ColorTransform(fromInks: profile) else {
      means = .unusableProfile
      return
    }
    self.transform = transform
    transform.withConverter { ci_jpeg_convert_inks(decoder, $0, $1) }
  }
}
