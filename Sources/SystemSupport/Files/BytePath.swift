/// A path as the system has it: bytes without NUL, which need not be UTF-8.
///
/// A Swift `String` replaces bytes that are not UTF-8, and so would name another file. Where a path has to
/// be a `String` (arguments, JSON), each byte that is not UTF-8 becomes one of the private scalars
/// U+10FF80…U+10FFFF. `encoded` and `init(_:)` are inverse to each other.
package struct BytePath: Hashable, Sendable, Comparable {
  package let bytes: [UInt8]

  package init(bytes: some Sequence<UInt8>) { self.bytes = Array(bytes) }

  /// - Parameter text: as `encoded` has it; any other text stands for its UTF-8.
  package init(_ text: String) {
    // Only scalars from U+100000 on begin with this byte.
    guard text.utf8.contains(0xF4) else {
      bytes = Array(text.utf8)
      return
    }
    var bytes: [UInt8] = []
    for scalar in text.unicodeScalars {
      if Self.standIns.contains(scalar.value) {
        bytes.append(UInt8(truncatingIfNeeded: scalar.value))
      } else {
        bytes += Array(String(Character(scalar)).utf8)
      }
    }
    self.bytes = bytes
  }

  /// Scalars that stand for the bytes 0x80…0xFF.
  static let standIns: ClosedRange<UInt32> = 0x10_FF80...0x10_FFFF

  /// The path as a `String` from which `init(_:)` makes the same path.
  package var encoded: String {
    var scalars = String.UnicodeScalarView()
    Self.decode(bytes) { scalar in
      scalars.append(scalar)
    } stray: { byte in
      if let standIn = Unicode.Scalar(0x10_FF00 + UInt32(byte)) { scalars.append(standIn) }
    }
    return String(scalars)
  }

  /// For people: bytes that are not UTF-8, and characters that control a terminal, are shown as escape
  /// sequences.
  package var text: String { visible(encoded) }

  /// Reads UTF-8. Bytes that are not UTF-8 are strays, and so are those of the scalars that `encoded`
  /// uses for strays.
  static func decode(
    _ bytes: [UInt8], valid: (Unicode.Scalar) -> Void, stray: (UInt8) -> Void
  ) {
    var rest = bytes[...]
    while let byte = rest.first {
      if byte < 0x80 {
        valid(Unicode.Scalar(byte))
        rest.removeFirst()
        continue
      }
      var parser = Unicode.UTF8.ForwardParser()
      var source = rest.makeIterator()
      if case .valid(let encoded) = parser.parseScalar(from: &source) {
        let scalar = Unicode.UTF8.decode(encoded)
        if !standIns.contains(scalar.value) {
          valid(scalar)
          rest = rest.dropFirst(encoded.count)
          continue
        }
      }
      stray(byte)
      rest.removeFirst()
    }
  }

  package var isEmpty: Bool { bytes.isEmpty }

  private static let slash = UInt8(ascii: "/")

  /// What follows the last slash.
  package var name: ArraySlice<UInt8> {
    bytes.lastIndex(of: Self.slash).map { bytes[($0 + 1)...] } ?? bytes[...]
  }

  /// The part before the last slash: "." for a bare name.
  package var folder: BytePath {
    guard let last = bytes.lastIndex(of: Self.slash) else { return BytePath(".") }
    return last == 0 ? BytePath("/") : BytePath(bytes: bytes[..<last])
  }

  /// `part` below this folder; below an empty path, `part` itself.
  package func appending(_ part: some Collection<UInt8>) -> BytePath {
    if isEmpty { return BytePath(bytes: part) }
    if part.isEmpty { return self }
    return BytePath(bytes: bytes + (bytes.last == Self.slash ? [] : [Self.slash]) + part)
  }

  package func appending(_ part: BytePath) -> BytePath { appending(part.bytes) }

  package func appending(_ part: String) -> BytePath { appending(part.utf8) }

  package static func < (first: BytePath, second: BytePath) -> Bool {
    first.bytes.lexicographicallyPrecedes(second.bytes)
  }

  /// Calls `body` with the path as a C string.
  package func withCString<Result>(_ body: (UnsafePointer<CChar>) -> Result) -> Result {
    var terminated = bytes
    terminated.append(0)
    return terminated.withUnsafeBufferPointer { buffer in
      guard let start = buffer.baseAddress else { preconditionFailure("never empty") }
      return start.withMemoryRebound(to: CChar.self, capacity: buffer.count, body)
    }
  }
}
