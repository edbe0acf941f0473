import Glibc
package import Upscale

/// The folder of one bot's state: its database, and the pictures in work.
///
/// Only its owner can look into it, and one service at a time uses it.
package final class StateFolder: Sendable {
  /// Pictures that come in and go out.
  let work: String
  let database: String
  /// Locked for as long as the service runs.
  private let lock: Int32

  /// Makes what is missing.
  ///
  /// - Parameters:
  ///   - parent: where folders of bots are.
  ///   - bot: the bot's number.
  /// - Throws: `.cannotCreate`, `.permission`; `.tryLater` while another service uses it.
  init(_ parent: String, bot: Int64) throws(UpscaleError) {
    let folder = "\(parent)/\(bot)"
    work = folder + "/work"
    database = folder + "/bot.sqlite"
    try Self.makeFolders(work)
    var path = folder
    let descriptor: Int32
    do throws(SystemFailure) {
      for part in [folder, work] {
        path = part
        try BytePath(part).call { chmod($0, 0o700) }
      }
      path = folder + "/lock"
      descriptor = try BytePath(path).call(retrying: true) {
        open($0, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
      }
    } catch {
      throw error.creating(path, in: BytePath(path).folder.encoded)
    }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      close(descriptor)
      throw UpscaleError(
        .tryLater, "another 'upscale bot' runs with the state in '\(folder)'; stop it first")
    }
    lock = descriptor
  }

  deinit { close(lock) }

  /// Removes files of pictures that nobody needs.
  ///
  /// - Parameter names: of files to keep.
  /// - Returns: how many were removed.
  @discardableResult
  func sweep(keeping names: Set<String>) -> Int {
    guard let folder = BytePath(work).withCString({ opendir($0) }) else { return 0 }
    defer { closedir(folder) }
    var removed = 0
    while let entry = readdir(folder) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      guard name != ".", name != "..", !names.contains(name) else { continue }
      if BytePath(path(name)).withCString({ unlink($0) }) == 0 { removed += 1 }
    }
    return removed
  }

  /// A file in the folder of work.
  func path(_ name: String) -> String { "\(work)/\(name)" }

  /// Where a job's picture is when it is fetched, and what its results' names begin with.
  func input(of job: Int64) -> String { path("\(job).in") }
  func output(of job: Int64) -> String { path("\(job).out") }

  /// Jobs that have files here.
  func jobsWithFiles() -> Set<Int64> {
    guard let folder = BytePath(work).withCString({ opendir($0) }) else { return [] }
    defer { closedir(folder) }
    var jobs: Set<Int64> = []
    while let entry = readdir(folder) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if let job = Int64(name.prefix { $0 != "." }) { jobs.insert(job) }
    }
    return jobs
  }

  /// Removes what belongs to a job that is over, and what a worker that was killed has left.
  func removeFiles(of job: Int64) {
    OutputFile.sweepAbandoned(in: BytePath(work))
    guard let folder = BytePath(work).withCString({ opendir($0) }) else { return }
    defer { closedir(folder) }
    while let entry = readdir(folder) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name.hasPrefix("\(job).") { _ = BytePath(path(name)).withCString { unlink($0) } }
    }
  }

  private static func makeFolders(_ path: String) throws(UpscaleError) {
    var made = path.hasPrefix("/") ? "" : "."
    for part in path.split(separator: "/") {
      let parent = made
      made += "/" + part
      do throws(SystemFailure) {
        try BytePath(made).call { mkdir($0, 0o700) }
      } catch {
        // A folder above that cannot be written to may exist all the same.
        if BytePath(made).status() == nil { throw error.creating(made, in: parent) }
      }
    }
  }

  /// Where state is kept if nobody says where, by the XDG base directory specification.
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
      .usage, "there is no home folder to keep the bot's state in; give one with --state-dir")
  }
}
