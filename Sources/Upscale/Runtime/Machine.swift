import CPlatform
import Glibc

/// What this process may use of the machine: cores and memory, with containers' limits honoured.
package enum Machine {
  /// Cores this process may use: the affinity mask, cut by the cgroup's CPU quota (rounded up).
  package static let coreCount: Int = {
    let online = max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))))
    let affinity = Int(cp_affinity_count())
    let allowed = affinity > 0 ? min(online, affinity) : online
    guard let quota = controlGroup("cpu")?.coresAllowed(readSmallFile) else { return allowed }
    return max(1, min(allowed, Int(quota.rounded(.up))))
  }()

  /// Bytes of memory this process may still take without swapping or being killed.
  package static func availableMemory() -> Int {
    memory(["MemAvailable"])
  }

  /// Bytes of memory this process may still take without being killed, however slow it gets: swap
  /// counts, too, where no control group is in the way.
  package static func attainableMemory() -> Int {
    memory(["MemAvailable", "SwapFree"])
  }

  /// The sum of these lines of `/proc/meminfo`, as far as control groups and `ulimit -v` leave it.
  private static func memory(_ names: [String]) -> Int {
    var free = physicalMemory
    let lines = (readSmallFile("/proc/meminfo") ?? "").split(separator: "\n")
    let found = names.compactMap { name in
      lines.first { $0.hasPrefix(name + ":") }?.split(separator: " ").dropFirst().first
        .flatMap { Int($0) }
    }
    // Without the first of them the others say nothing.
    if found.count == names.count { free = found.reduce(0, +) * 1024 }
    if let left = controlGroup("memory")?.memoryLeft(readSmallFile) { free = min(free, left) }
    return min(free, addressSpaceLeft())
  }

  /// Bytes that this process may still map (`ulimit -v`).
  package static func addressSpaceLeft() -> Int {
    var space = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &space) == 0,
      space.rlim_cur < UInt64(1) << 50
    else { return 1 << 50 }
    return max(0, Int(space.rlim_cur) - addressSpace())
  }

  /// Bytes that this process has mapped.
  package static func addressSpace() -> Int { pageCounts()[0] * pageSize }

  /// Gives memory that was let go of back to the system.
  package static func releaseFreeMemory() { cp_memory_trim() }

  /// From now on large blocks that are let go of go back to the system at once: for programs that do
  /// much of differing size.
  package static func returnLargeBlocks() { cp_memory_return_large_blocks() }

  /// Bytes of this process in memory now.
  package static func residentMemory() -> Int { pageCounts()[1] * pageSize }

  /// Bytes of another process in memory; 0 when it is gone.
  package static func residentMemory(of process: Int32) -> Int {
    pageCounts(of: "\(process)")[1] * pageSize
  }

  /// The most that they have been. (`getrusage` also counts what the parent held before `exec`.)
  package static func peakResidentMemory() -> Int {
    let line = (readSmallFile("/proc/self/status") ?? "").split(separator: "\n")
      .first { $0.hasPrefix("VmHWM:") }
    let kilobytes = line?.split(whereSeparator: { $0 == " " || $0 == "\t" }).dropFirst().first
    return kilobytes.flatMap { Int($0) }.map { $0 * 1024 } ?? residentMemory()
  }

  /// Pages mapped and resident, of `/proc/self/statm`.
  private static func pageCounts(of process: String = "self") -> [Int] {
    let numbers = (readSmallFile("/proc/\(process)/statm") ?? "").split(separator: " ").prefix(2)
      .compactMap { Int($0) }
    return numbers.count == 2 ? numbers : [0, 0]
  }

  private static let pageSize = Int(sysconf(Int32(_SC_PAGESIZE)))

  private static let physicalMemory = Int(sysconf(Int32(_SC_PHYS_PAGES))) * pageSize

  private static func controlGroup(_ controller: String) -> ControlGroup? {
    ControlGroup(
      controller: controller, memberships: readSmallFile("/proc/self/cgroup") ?? "",
      exists: { access($0, F_OK) == 0 })
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
