import Glibc

/// Standard input by lines.
struct LineInput: Sendable {
  private var splitter = LineSplitter(limit: 1 << 20)
  private var lines: [[UInt8]] = []

  /// Waits for the next line; nil at the end.
  mutating func next() -> [UInt8]? {
    while lines.isEmpty {
      var bytes = [UInt8](repeating: 0, count: 4096)
      let count = read(STDIN_FILENO, &bytes, bytes.count)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return nil }
      lines = bytes[..<count].withUnsafeBytes { splitter.add($0) }
    }
    return lines.removeFirst()
  }
}
