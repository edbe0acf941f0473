import Glibc

/// Signals that this program sends, or looks for.
package enum Signal {
  package static let kill = SIGKILL
  package static let terminate = SIGTERM
  /// A system call that a filter forbids.
  package static let badSystemCall = SIGSYS
}
