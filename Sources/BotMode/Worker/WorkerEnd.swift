import Upscale

/// How a worker ended.
package struct WorkerEnd: Sendable, Equatable {
  /// The signal that ended it, or nil.
  package let signal: Int32?
  /// Its exit code, or nil.
  package let exitCode: Int32?
  /// What it said last on standard error, oldest first.
  package let lastLines: [String]
  /// Whether another request was under way, so that the fault may not be this one's.
  package let isShared: Bool
  /// Whether it was killed (SIGKILL), and not by this side: by the kernel, for want of memory.
  package let isOutOfMemory: Bool

  /// Whether the kernel ended it for a system call that no worker makes of its own accord: a picture may
  /// have taken it over. The kernel's log tells which call.
  package var isByItsSandbox: Bool { signal == Signal.badSystemCall }
}
