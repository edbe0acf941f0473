import Upscale

/// How a worker ended.
package struct WorkerEnd: Sendable, Equatable {
  /// The signal that ended it, or nil.
  package let signal: Int32?
  /// Its exit code, or nil.
  package let exitCode: Int32?
  /// Its last lines on standard error, oldest first.
  package let lastLines: [String]
  /// Whether another request was running, which may have been the cause.
  package let isShared: Bool
  /// Whether it was killed (SIGKILL) and not by this side, which means by the kernel for lack of memory.
  package let isOutOfMemory: Bool

  /// Whether the kernel ended it for a forbidden system call, which the worker's own code does not make: a
  /// picture may have taken the process over. The kernel's log names the call.
  package var isByItsSandbox: Bool { signal == Signal.badSystemCall }
}
