import Glibc

/// The variables that the process was started with.
package enum Environment {
  /// The value of a variable; nil where it is not set.
  package static subscript(name: String) -> String? {
    getenv(name).map { String(cString: $0) }
  }

  /// Overwrites a value in memory and removes the variable, so that neither a process that is started
  /// later nor a reader of this one's memory finds it.
  package static func erase(_ name: String) {
    guard let value = getenv(name) else { return }
    memset(value, 0, strlen(value))
    unsetenv(name)
  }
}
