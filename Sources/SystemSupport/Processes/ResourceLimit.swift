import Glibc

/// The kernel's limits on what this process may use.
package enum ResourceLimit: CaseIterable, Sendable {
  /// Bytes that are mapped.
  case addressSpace
  /// Bytes of a file that is written.
  case fileSize
  case openFiles
  /// Bytes of a dump after a crash.
  case dumpSize
  /// Threads of this user on the whole machine.
  case threads
  case lockedMemory
  case messageQueues
  case priority
  case realTimePriority
  /// Seconds of processor time, all threads counted.
  case processorTime

  private var number: __rlimit_resource_t {
    let resource =
      switch self {
      case .addressSpace: RLIMIT_AS
      case .fileSize: RLIMIT_FSIZE
      case .openFiles: RLIMIT_NOFILE
      case .dumpSize: RLIMIT_CORE
      case .threads: __RLIMIT_NPROC
      case .lockedMemory: __RLIMIT_MEMLOCK
      case .messageQueues: __RLIMIT_MSGQUEUE
      case .priority: __RLIMIT_NICE
      case .realTimePriority: __RLIMIT_RTPRIO
      case .processorTime: RLIMIT_CPU
      }
    return __rlimit_resource_t(resource.rawValue)
  }

  /// Sets the limit, for good.
  ///
  /// - Parameter value: cut to what is allowed already.
  package func lower(to value: Int) { set(value, isLasting: true) }

  /// Sets the limit until it is set again.
  package func set(to value: Int) { set(value, isLasting: false) }

  private func set(_ value: Int, isLasting: Bool) {
    var limits = rlimit()
    guard getrlimit(number, &limits) == 0 else { return }
    limits.rlim_cur = min(limits.rlim_max, rlim_t(clamping: value))
    if isLasting { limits.rlim_max = limits.rlim_cur }
    setrlimit(number, &limits)
  }
}
