package import Upscale

/// Searches folders for pictures.
///
/// Every folder is searched once, however many links lead to it, so that circular links end and linked
/// folders are not done twice. Folders inside the tree are searched before those that only links lead to.
package struct FolderScan {
  package var isRecursive = true
  package var include: [Glob] = []
  package var exclude: [Glob] = []
  /// The folder of outputs, which is never searched.
  package var outputFolder: FileIdentity?

  package init() {}

  private struct Folder {
    let path: BytePath
    let relative: BytePath
  }

  /// Adds what is below a folder, in the order of the names' bytes.
  ///
  /// - Parameters:
  ///   - root: the folder.
  ///   - place: the path of its outputs below the folder of outputs.
  ///   - findings: what pictures and skipped files are added to.
  /// - Throws: `.noInput`, `.permission` and `.inputOutput` when the folder itself cannot be
  ///   read.
  package func scan(
    _ root: BytePath, place: BytePath = BytePath(""), into findings: inout Findings
  ) throws(UpscaleError) {
    let status = try FileExamination.status(of: root)
    guard status.isFolder else {
      throw UpscaleError(.noInput, "'\(root.text)' is not a folder")
    }
    var seen: Set<FileIdentity> = [status.identity]
    var folders = [Folder(path: root, relative: place)]
    var links: [Folder] = []
    var isRoot = true
    while let folder = folders.popLast() ?? nextLink(&links, seen: &seen, findings: &findings) {
      let names: [[UInt8]]
      do throws(UpscaleError) {
        names = try Self.names(in: folder.path)
      } catch {
        if isRoot { throw error }
        findings.failed.append((folder.path, error))
        continue
      }
      isRoot = false
      var below: [Folder] = []
      for name in names {
        let entry = Folder(
          path: folder.path.appending(name), relative: folder.relative.appending(name))
        visit(entry, place: place, seen: &seen, below: &below, links: &links, into: &findings)
      }
      folders += below.reversed()
    }
  }

  /// The next folder that only a link leads to, after all others.
  private func nextLink(
    _ links: inout [Folder], seen: inout Set<FileIdentity>, findings: inout Findings
  ) -> Folder? {
    while !links.isEmpty {
      let link = links.removeFirst()
      guard let status = link.path.status() else { continue }
      if status.identity == outputFolder {
        findings.skipped.append((link.path, .outputFolder))
      } else if seen.insert(status.identity).inserted {
        return link
      } else {
        findings.skipped.append((link.path, .scannedAlready))
      }
    }
    return nil
  }

  private func visit(
    _ entry: Folder, place: BytePath, seen: inout Set<FileIdentity>, below: inout [Folder],
    links: inout [Folder], into findings: inout Findings
  ) {
    // Below the root that was asked for, not below the outputs.
    let skipped = place.isEmpty ? 0 : place.bytes.count + 1
    let relative = BytePath(bytes: entry.relative.bytes.dropFirst(skipped))
    if exclude.contains(where: { $0.matches(relative) }) {
      findings.skipped.append((entry.path, .notAsked))
      return
    }
    let (own, target): (FileStatus, FileStatus)
    do throws(SystemFailure) {
      own = try entry.path.examine(followingLinks: false)
      target = own.isLink ? try entry.path.examine() : own
    } catch {
      findings.failed.append((entry.path, FileExamination.failure(entry.path, error)))
      return
    }
    guard target.isFolder else {
      if !include.isEmpty, !include.contains(where: { $0.matches(relative) }) {
        findings.skipped.append((entry.path, .notAsked))
        return
      }
      FileExamination.examine(
        entry.path, relative: entry.relative, isNamed: false, into: &findings)
      return
    }
    guard isRecursive else { return }
    if own.isLink {
      links.append(entry)
    } else if target.identity == outputFolder {
      findings.skipped.append((entry.path, .outputFolder))
    } else if seen.insert(target.identity).inserted {
      below.append(entry)
    } else {
      findings.skipped.append((entry.path, .scannedAlready))
    }
  }

  /// The names in a folder, sorted, without those of upscale's own files.
  static func names(in folder: BytePath) throws(UpscaleError) -> [[UInt8]] {
    var names: [[UInt8]] = []
    let own = Array(".upscale-".utf8)
    do throws(SystemFailure) {
      var listing = try FolderListing(folder)
      while let name = try listing.next() {
        if !name.starts(with: own) { names.append(name) }
      }
    } catch {
      throw FileExamination.failure(folder, error)
    }
    return names.sorted { $0.lexicographicallyPrecedes($1) }
  }
}
