import CPlatform
import Glibc
package import Upscale

/// How a worker locks itself in: pictures come from strangers, and decoders have had holes.
package enum WorkerSandbox {
  /// Locks this process in, which must have one thread only.
  ///
  /// - Parameters:
  ///   - settings: the work folder, and what is too much.
  ///   - weights: files and folders to read models from.
  ///   - memory: bytes that this process may hold.
  ///   - threads: that will compute.
  /// - Returns: names of what is in force.
  /// - Throws: kind `.badModel` (a bad configuration) where the sandbox is required and not to be had;
  ///   `.permission` where files can be reached by root's rights only.
  package static func enter(
    _ settings: WorkerSettings, weights: [String], memory: Int, threads: Int
  ) throws(UpscaleError) -> [String] {
    guard settings.sandbox != .off else { return [] }
    limit(settings, memory: memory, threads: threads)
    var names = ["limits"]
    if cp_sandbox_no_new_privileges() == 0 { names.append("no-new-privileges") }

    // Of these the engine reads what the machine has left.
    let readable = weights + ["/proc/self", "/proc/meminfo", "/sys/fs/cgroup"]
    let version = withCStrings(readable) { readable in
      withCStrings([settings.workFolder]) { writable in
        cp_sandbox_files(readable, writable)
      }
    }
    if version > 0 { names.append("landlock \(version)") }
    let rights = cp_sandbox_drop_capabilities()
    if rights == 0 { names.append("no-capabilities") }
    try check([settings.workFolder], W_OK | X_OK, "write into")
    try check(weights, R_OK, "read")
    let code = cp_sandbox_calls()
    if code == 0 { names.append("seccomp") }
    if settings.sandbox == .required, version <= 0 || code != 0 || rights != 0 {
      func state(_ code: Int32) -> String {
        code == 0 ? "is on" : "fails (\(String(cString: strerror(code))))"
      }
      throw UpscaleError(
        .badModel,
        "this system has no sandbox for the worker: Landlock \(state(version > 0 ? 0 : -version)), "
          + "giving up capabilities \(state(rights)), seccomp \(state(code))")
    }
    return names
  }

  /// Refuses what this process could reach only while it had root's rights.
  private static func check(
    _ paths: [String], _ mode: Int32, _ deed: String
  ) throws(UpscaleError) {
    guard geteuid() == 0 else { return }
    for path in paths.map({ BytePath($0) }) {
      do throws(SystemFailure) {
        try path.call { access($0, mode) }
      } catch {
        guard error.cause == .denied else { continue }
        throw UpscaleError(
          .permission,
          "the worker gives up root's rights and then may not \(deed) '\(path.text)'; run the bot as "
            + "the user whom it belongs to, or give it to root")
      }
    }
  }

  /// What of the machine this process can take at most, whoever is in charge of it.
  private static func limit(_ settings: WorkerSettings, memory: Int, threads: Int) {
    // Address space is more than memory: threads have stacks, and the allocator two arenas.
    let space = Machine.addressSpace() + memory + (512 << 20) + (threads + 2) * (9 << 20)
    set(RLIMIT_AS, space)
    set(RLIMIT_FSIZE, settings.limits.resultPixels * 8 + (64 << 20))
    set(RLIMIT_NOFILE, 64)
    set(RLIMIT_CORE, 0)
    // What a thread costs the kernel is no address space. All threads of a user count, wherever they
    // are, so there must be room for those of the whole machine. Root is not bound by it.
    if let others = threadsOfMachine() { set(__RLIMIT_NPROC, others + threads + 2048) }
    for resource in [__RLIMIT_MEMLOCK, __RLIMIT_MSGQUEUE, __RLIMIT_NICE, __RLIMIT_RTPRIO] {
      set(resource, 0)
    }
  }

  /// Threads of all processes: "0.20 0.18 0.12 1/80 11206" says 80.
  private static func threadsOfMachine() -> Int? {
    guard let bytes = try? InputFile.read(path: "/proc/loadavg", limit: 4096) else { return nil }
    let fields = String(decoding: bytes, as: UTF8.self).split(separator: " ")
    guard fields.count > 3 else { return nil }
    return fields[3].split(separator: "/").last.flatMap { Int($0) }
  }

  /// Lets this process compute for some more seconds, all threads counted; then the kernel ends it.
  static func allowProcessorTime(_ seconds: Int) {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    let used = Int(usage.ru_utime.tv_sec) + Int(usage.ru_stime.tv_sec)
    var limits = rlimit()
    let resource = __rlimit_resource_t(RLIMIT_CPU.rawValue)
    guard getrlimit(resource, &limits) == 0 else { return }
    limits.rlim_cur = min(limits.rlim_max, rlim_t(used + max(0, seconds) + 1))
    setrlimit(resource, &limits)
  }

  private static func set(_ resource: __rlimit_resource, _ value: Int) {
    var limits = rlimit()
    let resource = __rlimit_resource_t(resource.rawValue)
    guard getrlimit(resource, &limits) == 0 else { return }
    limits.rlim_cur = min(limits.rlim_max, rlim_t(clamping: value))
    limits.rlim_max = limits.rlim_cur
    setrlimit(resource, &limits)
  }

  /// Which files this process may open: the errno value of each one that was tried, 0 where it went
  /// well.
  static func probe(_ probe: WorkerProbe) -> [String: Int32] {
    var results: [String: Int32] = [:]
    for path in probe.reading { results["read \(path)"] = code(opening: path, O_RDONLY) }
    for path in probe.writing { results["write \(path)"] = code(opening: path, O_WRONLY | O_CREAT) }
    return results
  }

  private static func code(opening path: String, _ flags: Int32) -> Int32 {
    let descriptor = open(path, flags | O_CLOEXEC | O_NONBLOCK, 0o600)
    guard descriptor >= 0 else { return errno }
    close(descriptor)
    return 0
  }
}
