import Glibc

/// One of the three streams that a process begins with.
package enum StandardStream: Int32, Sendable, CaseIterable {
  case input = 0
  case output = 1
  case error = 2

  package var descriptor: Int32 { rawValue }

  /// What messages call it.
  package var name: String {
    switch self {
    case .input: "standard input"
    case .output: "standard output"
    case .error: "standard error"
    }
  }

  package var isTerminal: Bool { isatty(rawValue) != 0 }

  /// Writes a line by one call, so that lines of threads do not mix; a failure is passed over.
  package func writeLine(_ line: String) {
    var text = line + "\n"
    text.withUTF8 { _ = write(rawValue, $0.baseAddress, $0.count) }
  }

  /// Linux's O_PATH, which Swift's Glibc does not have.
  private static let pathOnly: Int32 = 0o10_000_000

  /// Occupies the descriptors of standard streams that are closed, so that no file gets one of these
  /// numbers: messages for standard error would be written into it.
  ///
  /// The replacement can be neither read nor written, like a stream that is closed.
  package static func reserve() {
    while true {
      var descriptor = open("/dev/null", pathOnly)
      if descriptor < 0 { descriptor = open("/", pathOnly) }
      guard descriptor > STDERR_FILENO || descriptor < 0 else { continue }
      close(descriptor)
      return
    }
  }
}
