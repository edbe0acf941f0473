package import Upscale

/// The folder of one bot's state: its database, and the pictures that are worked on.
///
/// Only its owner can read it, and one service at a time uses it.
package final class StateFolder: Sendable {
  /// The folder of pictures that were fetched, and of results.
  let work: String
  let database: String
  /// Locked for as long as the service runs.
  private let lock: OpenFile

  /// Makes what is missing.
  ///
  /// - Parameters:
  ///   - parent: where folders of bots are.
  ///   - bot: the bot's number.
  /// - Throws: `.cannotCreate`, `.permission`; `.occupied` while another service uses it.
  init(_ parent: String, bot: Int64) throws(UpscaleError) {
    let folder = "\(parent)/\(bot)"
    work = folder + "/work"
    database = folder + "/bot.sqlite"
    try Self.makeFolders(work)
    var path = folder
    do throws(SystemFailure) {
      for part in [folder, work] {
        path = part
        try BytePath(part).setPermissions(0o700)
      }
      path = folder + "/lock"
      lock = try OpenFile(
        BytePath(path), [.reading, .writing, .creating, .refusingLinks], permissions: 0o600)
    } catch {
      throw error.creating(path, in: BytePath(path).folder.encoded)
    }
    guard lock.tryLock() else {
      throw UpscaleError(
        .occupied, "another 'upscale bot' runs with the state in '\(folder)'; stop it first")
    }
  }

  /// Removes files of pictures that are not needed.
  ///
  /// - Parameter names: of files to keep.
  /// - Returns: how many were removed.
  @discardableResult
  func sweep(keeping names: Set<String>) -> Int {
    var removed = 0
    for name in self.names() where !names.contains(name) {
      if BytePath(path(name)).remove() { removed += 1 }
    }
    return removed
  }

  /// The names in the folder of work, as far as they can be read.
  private func names() -> [String] {
    guard var listing = try? FolderListing(BytePath(work)) else { return [] }
    var names: [String] = []
    while let name = (try? listing.next()) ?? nil {
      names.append(String(decoding: name, as: UTF8.self))
    }
    return names
  }

  /// A file in the folder of work.
  func path(_ name: String) -> String { "\(work)/\(name)" }

  /// The path of a job's fetched picture, with which the names of its results begin.
  func input(of job: Int64) -> String { path("\(job).in") }
  func output(of job: Int64) -> String { path("\(job).out") }

  /// Jobs that have files here.
  func jobsWithFiles() -> Set<Int64> {
    Set(names().compactMap { name in Int64(name.prefix { $0 != "." }) })
  }

  /// Removes the files of a job that is over, those of a killed worker too.
  func removeFiles(of job: Int64) {
    OutputFile.sweepAbandoned(in: BytePath(work))
    for name in names() where name.hasPrefix("\(job).") { BytePath(path(name)).remove() }
  }

  private static func makeFolders(_ path: String) throws(UpscaleError) {
    var made = path.hasPrefix("/") ? "" : "."
    for part in path.split(separator: "/") {
      let parent = made
      made += "/" + part
      do throws(SystemFailure) {
        try BytePath(made).makeFolder(permissions: 0o700)
      } catch {
        // Making a folder fails in a parent that is not writable, even where the folder exists.
        if BytePath(made).status() == nil { throw error.creating(made, in: parent) }
      }
    }
  }

  /// The default folder, by the XDG base directory specification.
  ///
  /// - Throws: `.usage` without a home.
  package static func standard() throws(UpscaleError) -> String {
    func folder(_ name: String) -> String? {
      guard let value = BytePath(variable: name)?.encoded, value.hasPrefix("/") else { return nil }
      return value
    }
    if let state = folder("XDG_STATE_HOME") { return state + "/upscale/bot" }
    if let home = folder("HOME") { return home + "/.local/state/upscale/bot" }
    throw UpscaleError(
      .usage, "there is no home folder to keep the bot's state in")
  }
}
