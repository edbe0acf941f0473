/// A path as the system has it: bytes without NUL, which need not be UTF-8.
///
/// A Swift `String` repairs what is not UTF-8 and then names another file.
package struct BytePath: Hashable, Sendable, Comparable {
  package let bytes: [UInt8]

  package init(bytes: some Sequence<UInt8>) { self.bytes = Array(bytes) }

  package init(_ text: String) { bytes = Array(text.utf8) }

  /// For people: what is not UTF-8 is shown as U+FFFD.
  package var text: String { String(decoding: bytes, as: UTF8.self) }

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

  /// Calls `body` with the path as C knows it.
  package func withCString<Result>(_ body: (UnsafePointer<CChar>) -> Result) -> Result {
    var terminated = bytes
    terminated.append(0)
    return terminated.withUnsafeBufferPointer { buffer in
      guard let start = buffer.baseAddress else { preconditionFailure("never empty") }
      return start.withMemoryRebound(to: CChar.self, capacity: buffer.count, body)
    }
  }
}
