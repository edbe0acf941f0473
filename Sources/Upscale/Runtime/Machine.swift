import CPlatform
import Glibc

/// What this process may use of the machine: cores and memory, with containers' limits honoured.
package enum Machine {
  /// Cores this process may use: the affinity mask, cut by the cgroup's CPU quota (rounded up).
  package static let coreCount: Int = {
    let online = max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))))
    let affinity = Int(cp_affinity_count())
    let allowed = affinity > 0 ? min(online, affinity) : online
    guard let quota = cgroupQuota() else { return allowed }
    return max(1, min(allowed, Int(quota.rounded(.up))))
  }()

  /// Bytes of memory this process may still take without swapping or being killed.
  package static func availableMemory() -> Int {
    var available = physicalMemory
    if let text = readSmallFile("/proc/meminfo"),
      let line = text.split(separator: "\n").first(where: { $0.hasPrefix("MemAvailable:") }),
      let kilobytes = line.split(separator: " ").dropFirst().first.flatMap({ Int($0) })
    {
      available = kilobytes * 1024
    }
    for (limit, usage) in cgroupMemoryFiles {
      guard let cap = readSmallFile(limit).flatMap({ Int(trimmed($0)) }), cap < 1 << 50
      else { continue }
      let used = readSmallFile(usage).flatMap { Int(trimmed($0)) } ?? 0
      available = min(available, max(0, cap - used))
    }
    return min(available, addressSpaceLeft())
  }

  /// Bytes that this process may still map (`ulimit -v`).
  package static func addressSpaceLeft() -> Int {
    var space = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &space) == 0,
      space.rlim_cur < UInt64(1) << 50
    else { return 1 << 50 }
    return max(0, Int(space.rlim_cur) - pageCounts()[0] * pageSize)
  }

  /// Gives memory that was let go of back to the system.
  package static func releaseFreeMemory() { cp_memory_trim() }

  /// From now on large blocks that are let go of go back to the system at once: for programs that do
  /// much of differing size.
  package static func returnLargeBlocks() { cp_memory_return_large_blocks() }

  /// Bytes of this process in memory now.
  package static func residentMemory() -> Int { pageCounts()[1] * pageSize }

  /// The most that they have been. (`getrusage` also counts what the parent held before `exec`.)
  package static func peakResidentMemory() -> Int {
    let line = (readSmallFile("/proc/self/status") ?? "").split(separator: "\n")
      .first { $0.hasPrefix("VmHWM:") }
    let kilobytes = line?.split(whereSeparator: { $0 == " " || $0 == "\t" }).dropFirst().first
    return kilobytes.flatMap { Int($0) }.map { $0 * 1024 } ?? residentMemory()
  }

  /// Pages mapped and resident, of `/proc/self/statm`.
  private static func pageCounts() -> [Int] {
    let numbers = (readSmallFile("/proc/self/statm") ?? "").split(separator: " ").prefix(2)
      .compactMap { Int($0) }
    return numbers.count == 2 ? numbers : [0, 0]
  }

  private static let pageSize = Int(sysconf(Int32(_SC_PAGESIZE)))

  private static let physicalMemory = Int(sysconf(Int32(_SC_PHYS_PAGES))) * pageSize

  private static let cgroupMemoryFiles = [
    ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory.current"),
    (
      "/sys/fs/cgroup/memory/memory.limit_in_bytes",
      "/sys/fs/cgroup/memory/memory.usage_in_bytes"
    ),
  ]

  /// The cgroup's CPU quota in cores (v2, then v1), or nil without one.
  private static func cgroupQuota() -> Double? {
    if let text = readSmallFile("/sys/fs/cgroup/cpu.max") {
      let parts = trimmed(text).split(separator: " ").compactMap { Double($0) }
      return parts.count == 2 && parts[1] > 0 ? parts[0] / parts[1] : nil
    }
    if let quota = readSmallFile("/sys/fs/cgroup/cpu/cpu.cfs_quota_us").flatMap({
      Double(trimmed($0))
    }), quota > 0,
      let period = readSmallFile("/sys/fs/cgroup/cpu/cpu.cfs_period_us").flatMap({
        Double(trimmed($0))
      }), period > 0
    {
      return quota / period
    }
    return nil
  }

  private static func trimmed(_ text: String) -> String {
    String(text.prefix { $0 != "\n" })
  }

  /// The first 64 KiB of a kernel file, or nil.
  private static func readSmallFile(_ path: String) -> String? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: 65536)
    let count = read(descriptor, &bytes, bytes.count)
    return count > 0 ? String(decoding: bytes[..<count], as: UTF8.self) : nil
  }
}
