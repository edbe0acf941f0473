import Upscale

/// Detects a lack of resources where libraries report only a failure.
enum Scarcity {
  /// The error for a lack of descriptors, if there is one.
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
