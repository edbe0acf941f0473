import CPlatform

/// Restrictions that a process puts on itself. Each is permanent, for this thread and those it will start.
package enum Confinement {
  /// No program that is started gets more rights, and no other process of the user may read the memory.
  package static func forbidNewPrivileges() throws(SystemFailure) {
    try answered(cp_sandbox_no_new_privileges())
  }

  /// Gives up all capabilities.
  package static func dropCapabilities() throws(SystemFailure) {
    try answered(cp_sandbox_drop_capabilities())
  }

  /// Forbids access to all files but those named, to TCP, and, where the kernel can, to signals and
  /// abstract sockets of other processes. Names that do not exist are skipped.
  ///
  /// - Returns: the version of Landlock.
  package static func shutOffFiles(
    reading readable: [String], writing writable: [String]
  ) throws(SystemFailure) -> Int {
    let version = withCStrings(readable) { readable in
      withCStrings(writable) { writable in cp_sandbox_files(readable, writable) }
    }
    if version < 0 { throw SystemFailure(-version) }
    return Int(version)
  }

  /// Leaves only the system calls that decoding and computing need.
  package static func filterCalls() throws(SystemFailure) { try answered(cp_sandbox_calls()) }

  private static func answered(_ code: Int32) throws(SystemFailure) {
    if code != 0 { throw SystemFailure(code) }
  }
}
