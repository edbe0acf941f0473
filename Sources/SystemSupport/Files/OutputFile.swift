import CPlatform
import Glibc

/// Writes a file so that it appears at its path complete, or not at all.
///
/// The bytes go to `.upscale-<pid>-<random>.part` in the folder of the target, are synced, and take
/// the target's name by one `rename`: what exists is complete, and what existed before stays intact
/// until then. Devices and FIFOs are written straight, and symbolic links are followed, so that a
/// link stays a link and `/dev/null` stays a device.
public enum OutputFile {
  /// Refuses a path that `write` could not write to, before any work has been done for it.
  ///
  /// - Parameters:
  ///   - path: The name that the file would get.
  ///   - refusingExisting: Refuse a name that exists.
  /// - Throws: `.cannotCreate` for a missing folder or a folder as target, `.outputExists`, `.permission`
  ///   where the system forbids it, `.usage` for an empty name.
  public static func check(path: String, refusingExisting: Bool = false) throws(UpscaleError) {
    let target = try OutputTarget(path: BytePath(path))
    let path = visible(path)
    if refusingExisting, target.exists {
      throw alreadyExists(path)
    }
    guard target.kind == .file else {
      guard (try? target.path.checkAccess(.writing)) != nil else { throw writeProtected(path) }
      return
    }
    do throws(SystemFailure) {
      try target.directory.checkAccess([.writing, .entering])
    } catch {
      throw error.creating(path, in: target.directory.text)
    }
    guard target.exists else { return }
    guard (try? target.path.checkAccess(.writing)) != nil else { throw writeProtected(path) }
  }

  /// Writes `bytes` to `path`: complete, or not at all.
  ///
  /// - Parameters:
  ///   - bytes: The whole content.
  ///   - path: The name that the file gets.
  ///   - refusingExisting: Fail when the name exists at the moment of the rename, instead of
  ///     replacing the file.
  /// - Throws: `.cannotCreate`, `.outputExists`, `.permission`, `.diskFull`, `.quotaExceeded`, or
  ///   `.inputOutput`; nothing is left behind.
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
  ///
  /// - Throws: `.diskFull`, `.quotaExceeded`, or `.inputOutput`, for a reader that has gone too.
  public static func writeToStandardOutput(_ bytes: [UInt8]) throws(UpscaleError) {
    try bytes.withUnsafeBufferPointer { bytes throws(UpscaleError) in
      try writeAll(UnsafeRawBufferPointer(bytes), to: .output)
    }
  }

  /// Whether both names lead to one file, through whatever links.
  ///
  /// - Parameters:
  ///   - first: A path, or "-" for standard input.
  ///   - second: A path, or "-" for standard output.
  /// - Returns: False when either does not exist or is no regular file.
  public static func isSameFile(input first: String, output second: String) -> Bool {
    let one = first == "-" ? try? FileStatus(of: STDIN_FILENO) : BytePath(first).status()
    let other = second == "-" ? try? FileStatus(of: STDOUT_FILENO) : BytePath(second).status()
    guard let one, let other else { return false }
    return one.identity == other.identity && one.isRegular
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
    UpscaleError(.outputExists, "'\(path)' exists; choose another name")
  }

  /// Writes every byte to one of the process's own streams.
  package static func writeAll(
    _ bytes: UnsafeRawBufferPointer, to stream: StandardStream
  ) throws(UpscaleError) {
    try writeAll(bytes, to: stream.descriptor, named: stream.name)
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
        guard error.cause == .wouldBlock else { throw error.writing(name) }
        var waiting = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        _ = poll(&waiting, 1, -1)
      }
    }
  }
}
