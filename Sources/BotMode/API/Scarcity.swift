import Glibc
import Upscale

/// What libraries do not tell apart from failures of other kinds.
enum Scarcity {
  /// Why something failed, if it was for want of descriptors.
  static var ofDescriptors: UpscaleError? {
    let descriptor = open("/", O_RDONLY | O_CLOEXEC)
    guard descriptor < 0 else {
      close(descriptor)
      return nil
    }
    guard errno == EMFILE || errno == ENFILE else { return nil }
    return UpscaleError(
      .tryLater, "not enough descriptors: too many files are open; raise the limit (ulimit -n)")
  }

  /// Whether a sentence ends in what the system says when it has no more of something to give.
  static func isReason(of sentence: String) -> Bool {
    [EMFILE, ENFILE, ENOMEM, EAGAIN].contains { sentence.hasSuffix(String(cString: strerror($0))) }
  }
}
