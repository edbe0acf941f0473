import Glibc
import Upscale

/// Makes the folders that outputs need, and sweeps from each what killed runs left, once; syncs their
/// names for many files at a time.
///
/// Used from any thread.
final class OutputFolders: Sendable {
  private let ready = Shared<Set<BytePath>>([])
  /// Those with files whose names are not on the disk yet.
  private let unsynced = Shared<Set<BytePath>>([])

  /// Makes sure that a folder is there.
  ///
  /// - Throws: `.cannotCreate`, `.permission`, `.inputOutput`.
  func prepare(_ folder: BytePath) throws(UpscaleError) {
    guard !ready.read({ $0.contains(folder) }) else { return }
    try Self.make(folder)
    let isFirst = ready.update { $0.insert(folder).inserted }
    if isFirst { OutputFile.sweepAbandoned(in: folder) }
  }

  /// Remembers that a file of the folder got its name.
  func note(newNameIn folder: BytePath) { unsynced.note { $0.insert(folder) } }

  /// Puts the new names on the disk. What a power failure takes before is made anew by the next run:
  /// a file's content is on the disk before it gets its name.
  ///
  /// - Throws: `.inputOutput` when the disk is broken.
  func syncNames() throws(UpscaleError) {
    let folders = unsynced.update { folders in
      defer { folders = [] }
      return folders
    }
    for folder in folders { try OutputFile.syncNames(in: folder) }
  }

  /// Makes a folder and those above it.
  static func make(_ folder: BytePath) throws(UpscaleError) {
    let isThere = { (path: BytePath) in path.status()?.isFolder == true }
    if isThere(folder) { return }
    let above = folder.folder
    if above != folder, !isThere(above) { try make(above) }
    guard folder.withCString({ mkdir($0, 0o777) }) != 0, !isThere(folder) else { return }
    let code = errno
    guard code != EEXIST, code != 0 else {
      throw UpscaleError(
        .cannotCreate, "cannot create folder '\(folder.text)': a file has its name")
    }
    throw SystemFailure(code).creating(folder.text, in: above.text)
  }

  /// Why nothing can be written below a folder, or nil.
  static func complaint(about folder: BytePath) -> UpscaleError? {
    guard let status = folder.status() else {
      return SystemFailure(errno).creating(folder.appending("…").text, in: folder.text)
    }
    guard status.isFolder else {
      return UpscaleError(
        .cannotCreate, "'\(folder.text)' is not a folder; name a folder for the outputs")
    }
    guard folder.withCString({ faccessat(AT_FDCWD, $0, W_OK | X_OK, AT_EACCESS) }) == 0 else {
      return SystemFailure(errno).creating(folder.appending("…").text, in: folder.text)
    }
    return nil
  }
}
