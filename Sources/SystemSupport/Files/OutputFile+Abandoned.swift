import Glibc

extension OutputFile {
  /// Seconds for which a temporary file of a process that seems alive must not have changed.
  private static let rest = 60

  /// Removes the temporary files that killed runs have left in `directory`.
  ///
  /// A temporary file is locked by its process from its first moment on, so one whose lock can be taken is
  /// abandoned. Its process's number alone says less: in containers it is the same in every run, and other
  /// machines have numbers of their own. Where the number is that of a living process, the file must have
  /// rested for a while: the lock is taken just after the file is made. Files of other users are left to
  /// them.
  package static func sweepAbandoned(in directory: BytePath) {
    guard var listing = try? FolderListing(directory) else { return }
    while let name = (try? listing.next()) ?? nil {
      guard let process = PartFile.process(ofName: String(decoding: name, as: UTF8.self)) else {
        continue
      }
      let path = directory.appending(name)
      guard let file = try? OpenFile(path, [.reading, .refusingLinks, .withoutWaiting]),
        let status = try? file.status(), status.isRegular, status.owner == geteuid(),
        isGone(process) || hasRested(status)
      else { continue }
      if file.tryLock() { path.remove() }
    }
  }

  private static func isGone(_ process: pid_t) -> Bool {
    do throws(SystemFailure) {
      try systemCall { kill(process, 0) }
      return false
    } catch {
      return error.cause == .noSuchProcess
    }
  }

  private static func hasRested(_ status: FileStatus) -> Bool {
    WallClock.now() - status.modificationTime / 1_000_000_000 > rest
  }
}
