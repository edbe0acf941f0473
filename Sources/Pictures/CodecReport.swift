import CImageCodecs
import SystemSupport

/// Translates the report of the C codecs into the library's types.
extension ci_report {
  /// The text in one of the fixed buffers.
  private static func text<Buffer>(_ buffer: Buffer) -> String {
    withUnsafeBytes(of: buffer) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
  }

  /// Why the call failed.
  var reason: String { ci_report.text(message) }

  /// What is wrong with the colour profile, in the library's words; nil for nothing.
  var profileFlaw: String? { flawed_profile == 0 ? nil : ci_report.text(profile_flaw) }

  /// What is wrong with the pixels so far; nil for nothing.
  ///
  /// - Parameters:
  ///   - height: rows as stored.
  ///   - orientation: how they are turned.
  /// - Returns: the damage, as the picture is seen upright.
  func damage(height: Int, orientation: Orientation) -> PictureDamage? {
    let found = damage
    guard found.missing_rows > 0 || found.lacks_detail != 0 || found.altered != 0 else {
      return nil
    }
    return PictureDamage(
      missingShare: min(1, Double(found.missing_rows) / Double(max(1, height))),
      missingSide: orientation.sideOfLastRows, lacksDetail: found.lacks_detail != 0,
      isAltered: found.altered != 0)
  }

  /// The refusal of a picture that could not be read.
  func readingError(format: PictureFormat) -> UpscaleError {
    switch ci_status(rawValue: UInt32(bitPattern: status)) {
    case CI_NO_MEMORY:
      UpscaleError(
        .memory(),
        "not enough memory: the \(format.name) picture needs more to be decoded than there is; free"
          + " some or raise the limits of this process (ulimit -v)")
    case CI_UNSUPPORTED:
      UpscaleError(
        .unusablePicture,
        "this kind of \(format.name) cannot be read (\(reason)): save it again as PNG")
    default:
      UpscaleError(
        .unusablePicture,
        "the \(format.name) picture is damaged or incomplete (\(reason)): get a fresh copy of it")
    }
  }
}
