import Glibc

/// Standard input, output and error, of which the caller may have closed some.
enum StandardStreams {
  /// Linux's O_PATH, which Swift's Glibc does not have.
  private static let pathOnly: Int32 = 0o10_000_000

  /// Takes the numbers of streams that are closed, before a file gets one: what is said on standard
  /// error would go into it.
  ///
  /// What is there instead can be neither read nor written, like a stream that is closed.
  static func reserve() {
    while true {
      var descriptor = open("/dev/null", pathOnly)
      if descriptor < 0 { descriptor = open("/", pathOnly) }
      guard descriptor > STDERR_FILENO || descriptor < 0 else { continue }
      close(descriptor)
      return
    }
  }
}
