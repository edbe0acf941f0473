import CPlatform
import Glibc

/// This process.
package enum CurrentProcess {
  /// The system's number for it.
  package static var number: Int32 { getpid() }

  /// Whether it runs with the rights of root.
  package static var isRoot: Bool { geteuid() == 0 }

  /// Ends it as `main` would, with an exit code.
  package static func end(_ code: Int32) -> Never { exit(code) }

  /// Ends it at once, whatever its other threads do; the caller has removed temporary files.
  package static func endAtOnce(_ code: Int32) -> Never { _exit(code) }

  /// Removes the temporary files of outputs that are not complete.
  package static func removeTemporaryFiles() { cp_temporary_remove_all() }

  /// Files that it makes from here on are for its own user alone.
  package static func keepFilesPrivate() { umask(0o077) }

  /// Has the kernel end it when the thread that started it ends.
  ///
  /// - Returns: false when `parent` is gone already.
  package static func follow(_ parent: Int32) -> Bool { cp_process_follow(parent) == 0 }

  /// The parent decides when it stops, not a terminal or a service manager.
  package static func ignoreStopSignals() { cp_process_ignore_stop_signals() }

  /// Overwrites a text in the process's arguments, so that a list of processes does not show it any more.
  package static func hideArgument(_ text: String) { cp_hide_argument(text) }

  /// Processor seconds that it has used, all threads counted.
  package static func processorSeconds() -> Int {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    return Int(usage.ru_utime.tv_sec) + Int(usage.ru_stime.tv_sec)
  }
}
