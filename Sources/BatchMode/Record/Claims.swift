package import Upscale

/// Records which run computes which output, so that two runs on one folder never do a picture twice.
///
/// Each run has a file of its own in `.upscale-claims`, which identifies the run, and whose modification
/// time is its heartbeat. A claim is a hard link to that file, named after the output: making a link
/// is atomic and fails if the name exists, on network file systems too. Where there are no links, the
/// claim is a file that is created exclusively.
///
/// The claim of a dead run is stale: at once when its process ran on this machine, otherwise after three
/// minutes without a heartbeat. Stale claims are replaced under the journal's lock. Until then they show
/// which outputs were being computed when the run died: the journal may have a line for such an output
/// although the file never got its name.
///
/// Used from any thread.
package final class Claims: Sendable {
  package static let folderName = ".upscale-claims"
  /// Seconds without a heartbeat after which a run on another machine counts as dead.
  package static let patience = 180.0
  /// Seconds between heartbeats.
  package static let pulse = 20.0

  private let folder: BytePath
  private let own: BytePath
  private let identity: Identity
  private let journal: Journal
  private let patience: Double
  /// Names of claims that existed when this run started.
  private let found: Set<String>

  /// The process that has a claim.
  private struct Identity: Equatable {
    let host: String
    let process: Int
    /// When the process started, in the kernel's ticks, since numbers of processes are reused.
    let started: Int

    var line: JSONLine {
      var line = JSONLine()
      line.add("host", host)
      line.add("pid", process)
      line.add("started", started)
      return line
    }
  }

  /// - Parameters:
  ///   - root: the folder of outputs.
  ///   - journal: its journal, whose lock is used.
  ///   - patience: as `Claims.patience`.
  /// - Throws: `.cannotCreate`, `.permission`, `.inputOutput`.
  package init(
    in root: BytePath, journal: Journal, patience: Double = Claims.patience
  ) throws(UpscaleError) {
    folder = root.appending(Self.folderName)
    self.journal = journal
    self.patience = patience
    identity = Self.own(run: journal.run)
    own = folder.appending("run-\(journal.run)")
    try Self.register(own, identity, in: folder)
    found = Set(
      ((try? FolderScan.names(in: folder)) ?? []).map { String(decoding: $0, as: UTF8.self) })
    removeDeadRuns()
  }

  /// Makes the folder and this run's file in it; repeats that if another run removes the folder meanwhile.
  private static func register(
    _ own: BytePath, _ identity: Identity, in folder: BytePath
  ) throws(UpscaleError) {
    var tries = 0
    while true {
      do throws(SystemFailure) {
        try folder.makeFolder()
      } catch {
        guard error.cause == .exists else {
          throw error.creating(folder.text, in: folder.folder.text)
        }
      }
      do throws(SystemFailure) {
        return try create(own, identity)
      } catch {
        tries += 1
        guard error.cause == .noSuchFile, tries < 16 else {
          throw error.creating(own.text, in: folder.text)
        }
      }
    }
  }

  private static func create(_ path: BytePath, _ identity: Identity) throws(SystemFailure) {
    let file = try OpenFile(path, [.writing, .creatingNew, .refusingLinks])
    let text = Array(identity.line.text.utf8)
    do throws(SystemFailure) {
      try file.writeAll(text)
    } catch {
      path.remove()
      throw error
    }
  }

  private func name(of output: BytePath) -> String {
    String(output.bytes.withUnsafeBytes { SHA256.hexDigest($0) }.prefix(32))
  }

  /// Whether a run computes, or computed, the output and has not released the claim: the journal's line
  /// may be about a file that never got its name.
  package func isInDoubt(_ output: BytePath) -> Bool {
    !found.isEmpty && found.contains(name(of: output))
  }

  /// Claims an output.
  ///
  /// - Returns: False when another run has it.
  /// - Throws: `.inputOutput` and the like.
  package func take(_ output: BytePath) throws(UpscaleError) -> Bool {
    let claim = folder.appending(name(of: output))
    if try link(claim) { return true }
    guard isStale(claim) else { return false }
    return try journal.locked { () throws(UpscaleError) in
      // Another run may have replaced it meanwhile.
      guard isStale(claim) else { return false }
      claim.remove()
      return try link(claim)
    }
  }

  private func link(_ claim: BytePath) throws(UpscaleError) -> Bool {
    do throws(SystemFailure) {
      do throws(SystemFailure) {
        try own.makeLink(named: claim)
      } catch {
        switch error.cause {
        case .notPermitted, .unsupported, .tooManyLinks: try Self.create(claim, identity)
        default: throw error
        }
      }
      return true
    } catch {
      switch error.cause {
      case .exists: return false
      case .noSuchFile:
        // The folder of claims has been removed.
        try Self.register(own, identity, in: folder)
        return try link(claim)
      default: throw error.creating(claim.text, in: folder.text)
      }
    }
  }

  /// Removes the claim of a run that died, on an output that turned out to be complete.
  package func dismiss(_ output: BytePath) throws(UpscaleError) {
    let claim = folder.appending(name(of: output))
    guard isStale(claim) else { return }
    try journal.locked { () throws(UpscaleError) in
      if isStale(claim) { claim.remove() }
    }
  }

  /// Releases the claim on an output, whether it is done or not.
  package func release(_ output: BytePath) {
    folder.appending(name(of: output)).remove()
  }

  /// Renews the heartbeat, by which other machines see that this run is alive.
  package func beat() {
    own.touch()
  }

  /// Removes this run's file, and the folder when no other run needs it.
  package func close() {
    own.remove()
    folder.removeFolder()
  }

  // MARK: Dead runs

  private func isStale(_ claim: BytePath) -> Bool {
    guard let status = claim.status(followingLinks: false) else { return false }
    if let holder = Self.holder(of: claim), holder.host == identity.host {
      switch Self.life(of: holder.process) {
      case .started(let time): return time != holder.started
      case .none: return true
      case .unknown: break
      }
    }
    return now() - Double(status.modificationTime) * 1e-9 > patience
  }

  /// The current time by the clock of the file system, which also stamps the heartbeats.
  private func now() -> Double {
    beat()
    guard let status = own.status() else { return 0 }
    return Double(status.modificationTime) * 1e-9
  }

  /// Removes files of runs that ended without `close`.
  private func removeDeadRuns() {
    for name in found where name.hasPrefix("run-") {
      let path = folder.appending(name)
      if path != own, isStale(path) { path.remove() }
    }
  }

  private static func holder(of claim: BytePath) -> Identity? {
    let file = try? OpenFile(claim, [.reading, .refusingLinks, .withoutWaiting])
    guard let bytes = try? file?.bytes(at: 0, count: 4096), let line = JSONLine(parsing: bytes),
      let host = line.string("host"),
      let process = line.integer("pid"), let started = line.integer("started")
    else { return nil }
    return Identity(host: host, process: process, started: started)
  }

  /// This run.
  private static func own(run: String) -> Identity {
    let process = Int(CurrentProcess.number)
    guard let host = hostName(), case .started(let time) = life(of: process) else {
      // Without /proc, this machine cannot be told from others, and its processes cannot be looked up. A
      // host name that no other run has makes the heartbeat decide.
      return Identity(host: "unknown \(run)", process: process, started: 0)
    }
    return Identity(host: host, process: process, started: time)
  }

  /// Identifies this boot of this machine and the process's namespace of process numbers: containers on
  /// one machine may share a host name but not the numbers. Nil where the system does not tell.
  private static func hostName() -> String? {
    func text(_ path: String) -> String? {
      let bytes = try? InputFile.read(path: path, limit: 4096)
      return bytes.map { String(decoding: $0.prefix { $0 != 0x0A }, as: UTF8.self) }
    }
    guard let space = BytePath("/proc/self/ns/pid").linkContent(),
      let name = text("/proc/sys/kernel/hostname"),
      let start = text("/proc/sys/kernel/random/boot_id")
    else { return nil }
    return name + " " + start + " " + String(decoding: space, as: UTF8.self)
  }

  /// Whether a process is alive.
  private enum Life {
    case started(Int)
    /// There is no such process, or it has ended and its parent has not reaped it.
    case none
    /// The system could not tell, for lack of a descriptor or of memory.
    case unknown
  }

  private static func life(of process: Int) -> Life {
    let bytes: [UInt8]
    do throws(UpscaleError) {
      bytes = try InputFile.read(path: "/proc/\(process)/stat", limit: 4096)
    } catch {
      return error.cause.isScarcity || error.cause == .permission ? .unknown : .none
    }
    // The name in parentheses may hold anything.
    let fields = bytes.suffix(from: (bytes.lastIndex(of: UInt8(ascii: ")")) ?? 0)).split(
      separator: 0x20)
    guard fields.count > 20, fields[1].first != UInt8(ascii: "Z"),
      let time = Int(String(decoding: fields[20], as: UTF8.self))
    else { return .none }
    return .started(time)
  }
}
