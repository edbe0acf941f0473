import CPlatform
import Glibc
import Upscale

/// How a worker locks itself in: pictures come from strangers, and decoders have had holes.
enum WorkerSandbox {
  /// Locks this process in, which must have one thread only.
  ///
  /// - Parameters:
  ///   - settings: the work folder, and what is too much.
  ///   - weights: files and folders to read models from.
  ///   - memory: bytes that this process may hold.
  ///   - threads: that will compute.
  /// - Returns: names of what is in force.
  /// - Throws: kind `.badModel` (a bad configuration) where the sandbox is required and not to be had.
  static func enter(
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
    let code = cp_sandbox_calls()
    if code == 0 { names.append("seccomp") }
    if settings.sandbox == .required, version <= 0 || code != 0 {
      throw UpscaleError(
        .badModel,
        "this system has no sandbox for the worker: Landlock "
          + (version > 0 ? "is on" : "fails (\(String(cString: strerror(-version))))")
          + ", seccomp "
          + (code == 0 ? "is on" : "fails (\(String(cString: strerror(code))))"))
    }
    return names
  }

  /// What of the machine this process can take at most, whoever is in charge of it.
  private static func limit(_ settings: WorkerSettings, memory: Int, threads: Int) {
    // Address space is more than memory: threads have stacks, and the allocator two arenas.
    let space = Machine.addressSpace() + memory + (512 << 20) + (threads + 2) * (9 << 20)
    set(RLIMIT_AS, space)
    set(RLIMIT_FSIZE, settings.limits.resultPixels * 8 + (64 << 20))
    set(RLIMIT_NOFILE, 64)
    set(RLIMIT_CORE, 0)
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

  /// What is not allowed to this process: the errno value of each thing that was tried, 0 where it
  /// went well.
  static func probe(_ probe: WorkerProbe) -> [String: Int32] {
    let trial = cp_sandbox_try()
    var results = [
      "socket": trial.socket, "local socket": trial.local_socket, "program": trial.program,
      "process": trial.process, "code": trial.code, "signal": trial.signal,
    ]
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
