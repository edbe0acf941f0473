package import Upscale

/// The sandbox that a worker enters: pictures come from strangers, and decoders have had vulnerabilities.
package enum WorkerSandbox {
  /// Puts this process, which must have only one thread, into the sandbox.
  ///
  /// - Parameters:
  ///   - settings: the work folder, and the limits.
  ///   - weights: files and folders to read models from.
  ///   - memory: bytes that this process may hold.
  ///   - threads: that will compute.
  /// - Returns: names of the parts in force.
  /// - Throws: `.configuration` where the sandbox is required and not available; `.permission` where files
  ///   can be reached only with the rights of root.
  package static func enter(
    _ settings: WorkerSettings, weights: [String], memory: Int, threads: Int
  ) throws(UpscaleError) -> [String] {
    guard settings.sandbox != .off else { return [] }
    limit(settings, memory: memory, threads: threads)
    var names = ["limits"]
    if (try? Confinement.forbidNewPrivileges()) != nil { names.append("no-new-privileges") }

    // From these files the engine reads how much memory is free.
    let readable = weights + ["/proc/self", "/proc/meminfo", "/sys/fs/cgroup"]
    let files = step { () throws(SystemFailure) in
      let version = try Confinement.shutOffFiles(
        reading: readable, writing: [settings.workFolder])
      names.append("landlock \(version)")
    }
    let rights = step { () throws(SystemFailure) in
      try Confinement.dropCapabilities()
      names.append("no-capabilities")
    }
    try check([settings.workFolder], [.writing, .entering], "write into")
    try check(weights, .reading, "read")
    let calls = step { () throws(SystemFailure) in
      try Confinement.filterCalls()
      names.append("seccomp")
    }
    if settings.sandbox == .required, files != nil || rights != nil || calls != nil {
      func state(_ failure: SystemFailure?) -> String {
        failure.map { "fails (\($0.reason))" } ?? "is on"
      }
      throw UpscaleError(
        .configuration,
        "this system has no sandbox for the worker: Landlock \(state(files)), "
          + "giving up capabilities \(state(rights)), seccomp \(state(calls))")
    }
    return names
  }

  /// - Returns: why a step failed, or nil.
  private static func step(_ body: () throws(SystemFailure) -> Void) -> SystemFailure? {
    do throws(SystemFailure) {
      try body()
      return nil
    } catch {
      return error
    }
  }

  /// Refuses files that this process could reach only while it had the rights of root.
  private static func check(
    _ paths: [String], _ access: BytePath.Access, _ deed: String
  ) throws(UpscaleError) {
    guard CurrentProcess.isRoot else { return }
    for path in paths.map({ BytePath($0) }) {
      do throws(SystemFailure) {
        try path.checkAccess(access)
      } catch {
        guard error.cause == .denied else { continue }
        throw UpscaleError(
          .permission,
          "the worker gives up root's rights and then may not \(deed) '\(path.text)'; run the bot as "
            + "the user whom it belongs to, or give it to root")
      }
    }
  }

  /// Limits the resources that this process can use, even if a picture has taken it over.
  private static func limit(_ settings: WorkerSettings, memory: Int, threads: Int) {
    // More address space than memory is needed: for the stacks of threads and two arenas of the allocator.
    let space = Machine.addressSpace() + memory + (512 << 20) + (threads + 2) * (9 << 20)
    ResourceLimit.addressSpace.lower(to: space)
    ResourceLimit.fileSize.lower(to: settings.limits.resultPixels * 8 + (64 << 20))
    ResourceLimit.openFiles.lower(to: 64)
    ResourceLimit.dumpSize.lower(to: 0)
    // The kernel's own memory for threads is not address space, so their number is limited too. The limit
    // counts all threads of the user, so it must include those of the whole machine. It does not bind root.
    if let others = threadsOfMachine() {
      ResourceLimit.threads.lower(to: others + threads + 2048)
    }
    let unneeded: [ResourceLimit] = [.lockedMemory, .messageQueues, .priority, .realTimePriority]
    for resource in unneeded { resource.lower(to: 0) }
  }

  /// Threads of all processes: "0.20 0.18 0.12 1/80 11206" says 80.
  private static func threadsOfMachine() -> Int? {
    guard let bytes = try? InputFile.read(path: "/proc/loadavg", limit: 4096) else { return nil }
    let fields = String(decoding: bytes, as: UTF8.self).split(separator: " ")
    guard fields.count > 3 else { return nil }
    return fields[3].split(separator: "/").last.flatMap { Int($0) }
  }

  /// Allows this process some more processor seconds, all threads counted; then the kernel ends it.
  static func allowProcessorTime(_ seconds: Int) {
    ResourceLimit.processorTime.set(
      to: CurrentProcess.processorSeconds() + max(0, seconds) + 1)
  }

  /// Tries to open files: the errno value for each, 0 for success.
  static func probe(_ probe: WorkerProbe) -> [String: Int32] {
    var results: [String: Int32] = [:]
    for path in probe.reading { results["read \(path)"] = code(opening: path, .reading) }
    for path in probe.writing {
      results["write \(path)"] = code(opening: path, [.writing, .creating])
    }
    return results
  }

  private static func code(opening path: String, _ mode: OpenFile.Mode) -> Int32 {
    do throws(SystemFailure) {
      _ = try OpenFile(BytePath(path), mode.union(.withoutWaiting), permissions: 0o600)
      return 0
    } catch {
      return error.code
    }
  }
}
