import CPlatform
import Glibc

/// The temporary file that becomes the output: removed when it goes out of scope unpublished.
struct PartFile: ~Copyable {
  private let target: OutputTarget
  /// The output as the user wrote it, for messages.
  private let name: String
  private let descriptor: Int32
  /// The path as C sees it, at an address that a signal handler may read.
  private let path: UnsafeMutablePointer<CChar>
  private let slot: Int32

  /// Creates the part, locked, next to the target.
  init(for target: OutputTarget, named name: String) throws(UpscaleError) {
    for _ in 0..<16 {
      let random = String(UInt64.random(in: 0...UInt64.max), radix: 36)
      let part = target.directory.appending(".upscale-\(getpid())-\(random).part")
      guard let path = part.withCString({ strdup($0) }) else {
        throw UpscaleError(.memory(), "not enough memory to create '\(name)'")
      }
      // Registered before it exists, so that a signal at any moment finds it registered.
      let slot = cp_temporary_register(path)
      do throws(SystemFailure) {
        let opened = try systemCall {
          open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o666)
        }
        // The lock tells other runs that this part is alive; without it, only its pid does.
        _ = flock(opened, LOCK_EX | LOCK_NB)
        self.target = target
        self.name = name
        descriptor = opened
        self.path = path
        self.slot = slot
        return
      } catch {
        cp_temporary_forget(slot)
        free(path)
        guard error.code == EEXIST || error.code == EINTR else {
          throw error.creating(name, in: target.directory.text)
        }
      }
    }
    throw UpscaleError(
      .cannotCreate, "no free temporary name in folder '\(target.directory.text)'")
  }

  deinit {
    unlink(path)
    cp_temporary_forget(slot)
    free(path)
    close(descriptor)
  }

  /// Appends bytes; `written` have been before.
  borrowing func append(
    _ bytes: UnsafeRawBufferPointer, written: Int
  ) throws(UpscaleError) {
    do {
      try OutputFile.writeAll(bytes, to: descriptor, named: "'\(name)'")
    } catch {
      throw SystemFailure.explainingSpace(
        error, directory: target.directory, written: written)
    }
  }

  /// Makes sure that the bytes are on the disk.
  borrowing func sync(written: Int) throws(UpscaleError) {
    if let existing = target.existing {
      // Best effort: only the owner of the old file (or root) may hand the new one over.
      _ = fchown(descriptor, existing.owner, existing.group)
      _ = fchmod(descriptor, mode_t(existing.permissions & 0o777))
    }
    do throws(SystemFailure) {
      try systemCall(retrying: true) { fsync(descriptor) }
    } catch {
      // EINVAL: a file system that cannot sync.
      guard error.code != EINVAL else { return }
      throw SystemFailure.explainingSpace(
        error.writing("'\(name)'"), directory: target.directory, written: written)
    }
  }

  /// When the part was written to last, in nanoseconds since 1970; the rename keeps it.
  borrowing func modificationTime() -> Int {
    (try? FileStatus(of: descriptor))?.modificationTime ?? 0
  }

  /// Gives the part its final name; from here on the output exists.
  ///
  /// - Parameters:
  ///   - refusingExisting: whether a file of that name is left as it is.
  ///   - isLasting: whether the name outlives a power failure from here on, too.
  /// - Throws: `.cannotCreate`, `.permission`, `.inputOutput`.
  consuming func publish(refusingExisting: Bool, isLasting: Bool) throws(UpscaleError) {
    let code: Int32
    if refusingExisting {
      code = target.path.withCString { cp_rename_no_replace(path, $0) }
    } else {
      code = target.path.withCString { rename(path, $0) == 0 ? 0 : errno }
    }
    guard code == 0 else {
      if code == EEXIST { throw OutputFile.alreadyExists(name) }
      throw SystemFailure(code).creating(name, in: target.directory.text)
    }
    if isLasting { try Self.syncNames(in: target.directory, named: name) }
  }

  /// Makes the names in a folder outlive a power failure.
  ///
  /// - Parameters:
  ///   - folder: whose names.
  ///   - name: what to speak of in the refusal.
  /// - Throws: `.inputOutput` when the disk is broken.
  static func syncNames(in folder: BytePath, named name: String) throws(UpscaleError) {
    let descriptor = folder.withCString { open($0, O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
    guard descriptor >= 0 else { return }
    defer { close(descriptor) }
    do throws(SystemFailure) {
      try systemCall { fsync(descriptor) }
    } catch {
      if error.code == EIO { throw error.writing("'\(name)'") }
    }
  }

  /// The process in a name that `init` made, or nil for any other name.
  static func process(ofName name: String) -> pid_t? {
    guard name.hasPrefix(".upscale-"), name.hasSuffix(".part") else { return nil }
    let parts = name.dropFirst(9).dropLast(5).split(
      separator: "-", omittingEmptySubsequences: false)
    guard parts.count == 2, UInt64(parts[1], radix: 36) != nil,
      let process = pid_t(parts[0]), process > 0
    else { return nil }
    return process
  }
}
