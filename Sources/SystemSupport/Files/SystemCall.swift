import Glibc

/// Calls the system. A failure's code is read at once, since any later call, even freeing memory, may
/// change `errno`.
///
/// - Parameters:
///   - retries: whether to call again after an interruption by a signal.
///   - call: answers with a number, below 0 for a failure.
/// - Returns: what the call answered.
/// - Throws: the failure.
@discardableResult
package func systemCall<Number: SignedInteger>(
  retrying retries: Bool = false, _ call: () -> Number
) throws(SystemFailure) -> Number {
  while true {
    let result = call()
    guard result < 0 else { return result }
    let code = errno
    guard retries, code == EINTR else { throw SystemFailure(code) }
  }
}

extension BytePath {
  /// The path in a variable of the environment, nil without it.
  package init?(variable name: String) {
    guard let value = getenv(name) else { return nil }
    self.init(cString: value)
  }

  /// The path that C gives.
  package init(cString: UnsafePointer<CChar>) {
    self.init(
      bytes: UnsafeBufferPointer(start: cString, count: strlen(cString)).map(
        UInt8.init(bitPattern:)))
  }

  /// Calls the system with this path; see `systemCall`.
  @discardableResult
  package func call(
    retrying retries: Bool = false, _ body: (UnsafePointer<CChar>) -> Int32
  ) throws(SystemFailure) -> Int32 {
    let outcome = withCString { path in
      Result { () throws(SystemFailure) in try systemCall(retrying: retries) { body(path) } }
    }
    return try outcome.get()
  }
}
