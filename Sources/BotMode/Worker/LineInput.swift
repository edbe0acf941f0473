import Upscale

/// Standard input by lines.
struct LineInput: Sendable {
  private let file: OpenFile?
  private var splitter = LineSplitter(limit: 1 << 20)
  private var lines: [[UInt8]] = []

  init() { file = try? OpenFile(copyOf: .input) }

  /// Waits for the next line; nil at the end.
  mutating func next() -> [UInt8]? {
    while lines.isEmpty {
      guard let bytes = try? file?.nextBytes(upTo: 4096), !bytes.isEmpty else { return nil }
      lines = bytes.withUnsafeBytes { splitter.add($0) }
    }
    return lines.removeFirst()
  }
}
