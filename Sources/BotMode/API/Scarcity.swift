import Upscale

/// What libraries do not tell apart from failures of other kinds.
enum Scarcity {
  /// Why something failed, if it was for want of descriptors.
  static var ofDescriptors: UpscaleError? {
    do throws(SystemFailure) {
      _ = try OpenFile(BytePath("/"), .reading)
      return nil
    } catch {
      guard error.cause == .tooManyOpenFiles else { return nil }
    }
    return UpscaleError(
      .tooManyOpenFiles,
      "not enough descriptors: too many files are open; raise the limit (ulimit -n)")
  }
}
