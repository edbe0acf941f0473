import CPlatform

/// Ways in which a process can shut itself off; each for good, for this thread and those it will make.
package enum Confinement {
  /// No program that is started gets more rights, and no other process of the user may read the memory.
  package static func forbidNewPrivileges() throws(SystemFailure) {
    try answered(cp_sandbox_no_new_privileges())
  }

  /// Gives up all capabilities.
  package static func dropCapabilities() throws(SystemFailure) {
    try answered(cp_sandbox_drop_capabilities())
  }

  /// Shuts off all files but those named, and TCP, and signals and abstract sockets beyond this process
  /// where the kernel can. Names that do not exist are passed over.
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
