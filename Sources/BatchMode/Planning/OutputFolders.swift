import Upscale

/// Makes the folders that outputs need, removes temporary files of killed runs from each once, and syncs
/// the folders for many files at a time.
///
/// Used from any thread.
final class OutputFolders: Sendable {
  private let ready = Shared<Set<BytePath>>([])
  /// Folders with files whose names are not synced to the disk yet.
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

  /// Syncs the new names to the disk. Outputs whose names a power failure loses before that are made
  /// again by the next run; none is damaged, since a file's content is synced before it gets its name.
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
    do throws(SystemFailure) {
      try folder.makeFolder()
    } catch {
      // Another run may have made it meanwhile.
      if isThere(folder) { return }
      throw cannotMake(folder, error)
    }
  }

  private static func cannotMake(_ folder: BytePath, _ failure: SystemFailure) -> UpscaleError {
    guard failure.cause == .exists else {
      return failure.creating(folder.text, in: folder.folder.text)
    }
    return UpscaleError(
      .cannotCreate,
      "cannot create folder '\(folder.text)': a file has its name; choose another one")
  }

  /// Why nothing can be written below a folder, or nil.
  static func complaint(about folder: BytePath) -> UpscaleError? {
    do throws(SystemFailure) {
      guard try folder.examine().isFolder else {
        return UpscaleError(
          .cannotCreate, "'\(folder.text)' is not a folder; name a folder for the outputs")
      }
      try folder.checkAccess([.writing, .entering])
      return nil
    } catch {
      return error.creating(folder.appending("…").text, in: folder.text)
    }
  }

  /// Why a folder that may not exist yet could not be made or written into, or nil. Nothing is made.
  static func complaint(aboutMaking folder: BytePath) -> UpscaleError? {
    do throws(SystemFailure) {
      _ = try folder.examine()
      return complaint(about: folder)
    } catch {
      guard error.cause == .noSuchFile else {
        return error.creating(folder.text, in: folder.folder.text)
      }
      if folder.status(followingLinks: false) != nil { return cannotMake(folder, .exists) }
    }
    let above = folder.folder
    guard above != folder else {
      return SystemFailure.noSuchFile.creating(folder.text, in: above.text)
    }
    do throws(SystemFailure) {
      guard try above.examine().isFolder else { throw SystemFailure.notFolder }
      try above.checkAccess([.writing, .entering])
      return nil
    } catch {
      guard error.cause != .noSuchFile else { return complaint(aboutMaking: above) }
      return error.creating(folder.text, in: above.text)
    }
  }
}
