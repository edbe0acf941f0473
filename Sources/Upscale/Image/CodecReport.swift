import CImageCodecs

/// The C side's answers in the library's words.
extension ci_report {
  /// The text in one of the fixed buffers.
  private static func text<Buffer>(_ buffer: Buffer) -> String {
    withUnsafeBytes(of: buffer) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
  }

  /// Why the call failed.
  var reason: String { ci_report.text(message) }

  /// One sentence for what the decoder put up with, or nil if there was nothing.
  func complaint(format: PictureFormat) -> String? {
    guard warning_count > 0 else { return nil }
    let first = ci_report.text(warning)
    if first.hasPrefix("iCCP") {
      return "the colour profile cannot be used and was left out (\(first))"
    }
    let others = warning_count > 1 ? " (and \(warning_count - 1) more like it)" : ""
    return "the \(format.name) is damaged, parts of the picture may be wrong:"
      + " \(first)\(others)"
  }

  /// The refusal of a picture that could not be read.
  func readingError(format: PictureFormat) -> UpscaleError {
    switch ci_status(rawValue: UInt32(bitPattern: status)) {
    case CI_NO_MEMORY:
      UpscaleError(
        .tryLater,
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
