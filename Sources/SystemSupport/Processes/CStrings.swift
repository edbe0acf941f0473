import Glibc

/// Calls `body` with the strings as C has lists of them: with a null at the end, and names as the bytes
/// that they are (`BytePath.encoded`).
func withCStrings<Result>(
  _ strings: [String], _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>) -> Result
) -> Result {
  let copies = strings.map { BytePath($0).withCString { strdup($0) } } + [nil]
  defer { for copy in copies { free(copy) } }
  return copies.withUnsafeBufferPointer { buffer in
    guard let start = buffer.baseAddress else { preconditionFailure("never empty") }
    return body(start)
  }
}
