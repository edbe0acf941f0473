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
    memory(["MemAvailable:"])
  }

  /// Bytes of memory this process may still take without being killed, however slow it gets: swap
  /// counts, too, where no control group is in the way.
  package static func attainableMemory() -> Int {
    memory(["MemAvailable:", "SwapFree:"])
  }

  /// The sum of these lines of `/proc/meminfo`, as far as control groups and `ulimit -v` leave it.
  private static func memory(_ names: [String]) -> Int {
    let found = names.compactMap { Self.kilobytes($0, in: "/proc/meminfo") }
    // Where one of the lines is missing, their sum is too small.
    var free = found.count == names.count ? found.reduce(0, +) : freePages()
    if let left = controlGroup("memory")?.memoryLeft(readSmallFile) { free = min(free, left) }
    return min(free, addressSpaceLeft())
  }

  /// Bytes that this process may still map (`ulimit -v`, `ulimit -d`).
  package static func addressSpaceLeft() -> Int { Int(cp_memory_mappable()) }

  /// Whether there is such a limit.
  package static var isAddressSpaceLimited: Bool { cp_memory_is_limited() != 0 }

  /// Bytes that this process has mapped; 0 where /proc does not tell.
  package static func addressSpace() -> Int { (pageCounts()?[0] ?? 0) * pageSize }

  /// Returns freed memory to the system.
  package static func releaseFreeMemory() { cp_memory_trim() }

  /// From now on large blocks are returned to the system as soon as they are freed: for programs that
  /// allocate many blocks of different sizes.
  package static func returnLargeBlocks() { cp_memory_return_large_blocks() }

  /// Bytes of this process in memory now; where /proc does not tell, an upper bound.
  package static func residentMemory() -> Int {
    if let counts = pageCounts() { return counts[1] * pageSize }
    // The smaller of two upper bounds: the peak, which includes what a large parent held before `exec`,
    // and what was allocated, which includes freed memory that was not returned.
    return min(peakByUsage(), Int(clamping: min(cp_memory_allocated(), 1 << 50)) + codeAndStacks)
  }

  /// Bytes of the program's own pages, its libraries' and its stacks, at most.
  private static let codeAndStacks = 48 << 20

  /// Bytes of another process in memory; 0 when it is gone, or /proc does not tell.
  package static func residentMemory(of process: Int32) -> Int {
    (pageCounts(of: "\(process)")?[1] ?? 0) * pageSize
  }

  /// The most that they have been.
  package static func peakResidentMemory() -> Int {
    kilobytes("VmHWM:", in: "/proc/self/status") ?? peakByUsage()
  }

  /// The same by `getrusage`, which also counts what the parent held before `exec`.
  private static func peakByUsage() -> Int {
    var usage = rusage()
    guard getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage) == 0 else { return 0 }
    return usage.ru_maxrss * 1024
  }

  /// Free pages without those that files would give up.
  private static func freePages() -> Int { Int(sysconf(Int32(_SC_AVPHYS_PAGES))) * pageSize }

  /// The number of KiB that a kernel file says after a name, as bytes.
  private static func kilobytes(_ name: String, in path: String) -> Int? {
    let line = (readSmallFile(path) ?? "").split(separator: "\n").first { $0.hasPrefix(name) }
    let number = line?.split(whereSeparator: { $0 == " " || $0 == "\t" }).dropFirst().first
    return number.flatMap { Int($0) }.map { $0 * 1024 }
  }

  /// Pages mapped and resident, of `/proc/self/statm`.
  private static func pageCounts(of process: String = "self") -> [Int]? {
    let numbers = (readSmallFile("/proc/\(process)/statm") ?? "").split(separator: " ").prefix(2)
      .compactMap { Int($0) }
    return numbers.count == 2 ? numbers : nil
  }

  private static let pageSize = Int(sysconf(Int32(_SC_PAGESIZE)))

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
