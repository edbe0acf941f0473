import Glibc
package import Upscale

/// Which run has which output in hand, so that two runs on one folder never do a picture twice.
///
/// Each run has a file of its own in `.upscale-claims`, which says who it is, and whose modification
/// time is its heartbeat. A claim is a hard link to that file, named after the output: links are made
/// exclusively and whole, on network file systems too. Where there are no links, the claim is a file
/// created exclusively.
///
/// The claim of a run that is dead is stale: at once when its process ran here, otherwise after some
/// minutes without a heartbeat. Stale claims are replaced under the journal's lock. Until then they
/// tell which outputs were in hand when the run died: a line of the journal may speak of one that
/// never got its name.
///
/// Used from any thread.
package final class Claims: Sendable {
  package static let folderName = ".upscale-claims"
  /// Seconds without a heartbeat after which a run elsewhere is taken for dead.
  package static let patience = 180.0
  /// Seconds between heartbeats.
  package static let pulse = 20.0

  private let folder: BytePath
  private let own: BytePath
  private let identity: Identity
  private let journal: Journal
  private let patience: Double
  /// Names of claims that others have, or had.
  private let found: Set<String>

  /// Who has a claim.
  private struct Identity: Equatable {
    let host: String
    let process: Int
    /// When the process started, in the kernel's ticks: numbers of processes come again.
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

  /// Makes the folder and this run's file in it; another run may just be removing the folder.
  private static func register(
    _ own: BytePath, _ identity: Identity, in folder: BytePath
  ) throws(UpscaleError) {
    var code: Int32 = 0
    for _ in 0..<16 {
      do throws(SystemFailure) {
        try folder.call { mkdir($0, 0o777) }
      } catch {
        guard error.code == EEXIST else {
          throw error.creating(folder.text, in: folder.folder.text)
        }
      }
      code = create(own, identity)
      guard code == ENOENT else { break }
    }
    guard code == 0 else { throw SystemFailure(code).creating(own.text, in: folder.text) }
  }

  /// - Returns: 0, or an errno value.
  private static func create(_ path: BytePath, _ identity: Identity) -> Int32 {
    do throws(SystemFailure) {
      let descriptor = try path.call {
        open($0, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o666)
      }
      defer { Glibc.close(descriptor) }
      let text = Array(identity.line.text.utf8)
      do throws(SystemFailure) {
        let count = try systemCall(retrying: true) { write(descriptor, text, text.count) }
        // A disk that takes some of the line and not all of it is full.
        guard count == text.count else { throw SystemFailure(ENOSPC) }
      } catch {
        _ = path.withCString { unlink($0) }
        throw error
      }
      return 0
    } catch {
      return error.code
    }
  }

  private func name(of output: BytePath) -> String {
    String(output.bytes.withUnsafeBytes { SHA256.hexDigest($0) }.prefix(32))
  }

  /// Whether somebody had, or has, the output in hand: what the journal says of it may not have come
  /// to pass.
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
      _ = claim.withCString { unlink($0) }
      return try link(claim)
    }
  }

  private func link(_ claim: BytePath) throws(UpscaleError) -> Bool {
    var code: Int32 = 0
    do throws(SystemFailure) {
      try own.call { own in claim.withCString { claim in Glibc.link(own, claim) } }
    } catch {
      code = error.code
    }
    switch code {
    case EPERM, EOPNOTSUPP, ENOSYS, EMLINK: code = Self.create(claim, identity)
    case ENOENT:
      // Somebody tidied up.
      try Self.register(own, identity, in: folder)
      return try link(claim)
    default: break
    }
    switch code {
    case 0: return true
    case EEXIST: return false
    default: throw SystemFailure(code).creating(claim.text, in: folder.text)
    }
  }

  /// Removes the claim of a run that died, on an output that turned out to be complete.
  package func dismiss(_ output: BytePath) throws(UpscaleError) {
    let claim = folder.appending(name(of: output))
    guard isStale(claim) else { return }
    try journal.locked { () throws(UpscaleError) in
      if isStale(claim) { _ = claim.withCString { unlink($0) } }
    }
  }

  /// Gives an output back, done or not.
  package func release(_ output: BytePath) {
    _ = folder.appending(name(of: output)).withCString { unlink($0) }
  }

  /// Shows other machines that this run lives.
  package func beat() {
    _ = own.withCString { utimensat(AT_FDCWD, $0, nil, 0) }
  }

  /// Removes this run's file, and the folder when nobody else needs it.
  package func close() {
    _ = own.withCString { unlink($0) }
    _ = folder.withCString { rmdir($0) }
  }

  // MARK: Life and death

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

  /// Now, by the clock of the file system that the heartbeats are stamped by.
  private func now() -> Double {
    beat()
    guard let status = own.status() else { return 0 }
    return Double(status.modificationTime) * 1e-9
  }

  /// Files of runs that ended without closing.
  private func removeDeadRuns() {
    for name in found where name.hasPrefix("run-") {
      let path = folder.appending(name)
      if path != own, isStale(path) { _ = path.withCString { unlink($0) } }
    }
  }

  private static func holder(of claim: BytePath) -> Identity? {
    let descriptor = claim.withCString { open($0, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK) }
    guard descriptor >= 0 else { return nil }
    defer { Glibc.close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: 4096)
    let count = Glibc.read(descriptor, &bytes, bytes.count)
    guard count > 0, let line = JSONLine(parsing: bytes[..<count]), let host = line.string("host"),
      let process = line.integer("pid"), let started = line.integer("started")
    else { return nil }
    return Identity(host: host, process: process, started: started)
  }

  /// This run.
  private static func own(run: String) -> Identity {
    let process = Int(getpid())
    guard let host = hostName(), case .started(let time) = life(of: process) else {
      // Where /proc is not there, nothing tells this machine from others, and its processes' lives
      // cannot be looked up: a name that no other run has leaves the heartbeat to judge by.
      return Identity(host: "unknown \(run)", process: process, started: 0)
    }
    return Identity(host: host, process: process, started: time)
  }

  /// This machine since it was started, and this process's view of processes: containers on one
  /// machine may share a name and not their processes' numbers. Nil where the system does not tell.
  private static func hostName() -> String? {
    func text(_ path: String) -> String? {
      let bytes = try? InputFile.read(path: path, limit: 4096)
      return bytes.map { String(decoding: $0.prefix { $0 != 0x0A }, as: UTF8.self) }
    }
    var link = [CChar](repeating: 0, count: 256)
    let count = readlink("/proc/self/ns/pid", &link, link.count)
    guard count > 0, let name = text("/proc/sys/kernel/hostname"),
      let start = text("/proc/sys/kernel/random/boot_id")
    else { return nil }
    let space = link.prefix(count).map { UInt8(bitPattern: $0) }
    return name + " " + start + " " + String(decoding: space, as: UTF8.self)
  }

  /// What can be known of a process.
  private enum Life {
    case started(Int)
    /// There is none, or one that only waits for its parent.
    case none
    /// The system did not answer, for want of a descriptor or of memory.
    case unknown
  }

  private static func life(of process: Int) -> Life {
    let bytes: [UInt8]
    do throws(UpscaleError) {
      bytes = try InputFile.read(path: "/proc/\(process)/stat", limit: 4096)
    } catch {
      return [.tryLater, .permission].contains(error.kind) ? .unknown : .none
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
