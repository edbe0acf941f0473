import CPlatform
import Glibc

/// Writes a file so that it appears at its path complete, or not at all.
///
/// The bytes go to `.upscale-<pid>-<random>.part` in the folder of the target, are synced, and take
/// the target's name by one `rename`: what exists is complete, and what existed before stays intact
/// until then. Devices and FIFOs are written straight, and symbolic links are followed, so that a
/// link stays a link and `/dev/null` stays a device.
public enum OutputFile {
  /// Refuses a path that `write` could not serve, before any work has been done for it.
  ///
  /// - Throws: `.cannotCreate` for a missing folder, a folder as target, or (when
  ///   `refusingExisting`) a file that exists; `.permission` where the system forbids it.
  public static func check(path: String, refusingExisting: Bool = false) throws(UpscaleError) {
    let target = try OutputTarget(path: BytePath(path))
    let path = visible(path)
    if refusingExisting, target.exists {
      throw alreadyExists(path)
    }
    guard target.kind == .file else {
      guard (try? target.path.checkAccess(W_OK)) != nil else { throw writeProtected(path) }
      return
    }
    do throws(SystemFailure) {
      try target.directory.checkAccess(W_OK | X_OK)
    } catch {
      throw error.creating(path, in: target.directory.text)
    }
    guard target.exists else { return }
    guard (try? target.path.checkAccess(W_OK)) != nil else { throw writeProtected(path) }
  }

  /// Writes `bytes` to `path`: complete, or not at all.
  ///
  /// - Parameters:
  ///   - bytes: The whole content.
  ///   - path: The name that the file gets.
  ///   - refusingExisting: Fail when the name exists at the moment of the rename, instead of
  ///     replacing the file.
  /// - Throws: `.cannotCreate`, `.permission`, or `.inputOutput` (a full disk, most often); nothing
  ///   is left behind.
  public static func write(
    _ bytes: [UInt8], to path: String, refusingExisting: Bool = false
  ) throws(UpscaleError) {
    let stream = try OutputStream(path: path, refusingExisting: refusingExisting)
    try bytes.withUnsafeBufferPointer { bytes throws(UpscaleError) in
      try stream.write(UnsafeRawBufferPointer(bytes))
    }
    try stream.finish()
  }

  /// Writes `bytes` to standard output.
  public static func writeToStandardOutput(_ bytes: [UInt8]) throws(UpscaleError) {
    try bytes.withUnsafeBufferPointer { bytes throws(UpscaleError) in
      try writeAll(UnsafeRawBufferPointer(bytes), to: STDOUT_FILENO, named: "standard output")
    }
  }

  /// Whether both names lead to one file, through whatever links.
  ///
  /// - Parameters:
  ///   - first: A path, or "-" for standard input.
  ///   - second: A path, or "-" for standard output.
  /// - Returns: False when either does not exist or is no regular file.
  public static func isSameFile(input first: String, output second: String) -> Bool {
    var one = stat()
    var other = stat()
    guard
      (first == "-"
        ? fstat(STDIN_FILENO, &one) : BytePath(first).withCString { stat($0, &one) }) == 0,
      (second == "-"
        ? fstat(STDOUT_FILENO, &other) : BytePath(second).withCString { stat($0, &other) }) == 0
    else { return false }
    return one.st_dev == other.st_dev && one.st_ino == other.st_ino
      && one.st_mode & S_IFMT == S_IFREG
  }

  /// Removes what runs that were killed left in `directory`.
  ///
  /// A part is abandoned when its process is gone and nobody holds its lock. The lock also tells
  /// of processes in other containers, whose numbers mean nothing here.
  package static func sweepAbandoned(in directory: BytePath) {
    guard let stream = directory.withCString({ opendir($0) }) else { return }
    defer { closedir(stream) }
    while let entry = readdir(stream) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      guard let process = PartFile.process(ofName: name), process != getpid() else { continue }
      guard isGone(process) else { continue }
      let path = directory.appending(name)
      let descriptor = path.withCString {
        open($0, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
      }
      guard descriptor >= 0 else { continue }
      if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { _ = path.withCString { unlink($0) } }
      close(descriptor)
    }
  }

  private static func isGone(_ process: pid_t) -> Bool {
    do throws(SystemFailure) {
      try systemCall { kill(process, 0) }
      return false
    } catch {
      return error.code == ESRCH
    }
  }

  /// Makes the names of files in a folder outlive a power failure.
  ///
  /// - Throws: `.inputOutput` when the disk is broken.
  package static func syncNames(in folder: BytePath) throws(UpscaleError) {
    try PartFile.syncNames(in: folder, named: folder.text)
  }

  private static func writeProtected(_ path: String) -> UpscaleError {
    UpscaleError(
      .permission,
      "'\(path)' exists and is write-protected; choose another name or change its permissions")
  }

  static func alreadyExists(_ path: String) -> UpscaleError {
    UpscaleError(
      .cannotCreate, "'\(path)' exists; choose another name, or leave out --no-clobber")
  }

  /// Writes every byte, through interruptions, short writes and a reader that is slow.
  package static func writeAll(
    _ bytes: UnsafeRawBufferPointer, to descriptor: Int32, named name: String
  ) throws(UpscaleError) {
    var rest = bytes[...]
    while !rest.isEmpty {
      do throws(SystemFailure) {
        let count = try systemCall(retrying: true) {
          Glibc.write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
        }
        rest = rest.dropFirst(count)
      } catch {
        guard error.code == EAGAIN else { throw error.writing(name) }
        var waiting = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        _ = poll(&waiting, 1, -1)
      }
    }
  }
}
