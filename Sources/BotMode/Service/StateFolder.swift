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
    for path in [folder, work] where chmod(path, 0o700) != 0 {
      throw SystemFailure(errno).creating(path, in: parent)
    }
    let path = folder + "/lock"
    let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else { throw SystemFailure(errno).creating(path, in: folder) }
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
    guard let folder = opendir(work) else { return 0 }
    defer { closedir(folder) }
    var removed = 0
    while let entry = readdir(folder) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      guard name != ".", name != "..", !names.contains(name) else { continue }
      if unlink(path(name)) == 0 { removed += 1 }
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
    guard let folder = opendir(work) else { return [] }
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
    guard let folder = opendir(work) else { return }
    defer { closedir(folder) }
    while let entry = readdir(folder) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name.hasPrefix("\(job).") { unlink(path(name)) }
    }
  }

  private static func makeFolders(_ path: String) throws(UpscaleError) {
    var made = path.hasPrefix("/") ? "" : "."
    for part in path.split(separator: "/") {
      let parent = made
      made += "/" + part
      guard mkdir(made, 0o700) != 0, errno != EEXIST else { continue }
      // A folder above that cannot be written to may exist all the same.
      let code = errno
      if access(made, F_OK) != 0 { throw SystemFailure(code).creating(made, in: parent) }
    }
  }

  /// Where state is kept if nobody says where, by the XDG base directory specification.
  ///
  /// - Throws: `.usage` without a home.
  package static func standard() throws(UpscaleError) -> String {
    func folder(_ name: String) -> String? {
      guard let value = getenv(name).map({ String(cString: $0) }), value.hasPrefix("/") else {
        return nil
      }
      return value
    }
    if let state = folder("XDG_STATE_HOME") { return state + "/upscale/bot" }
    if let home = folder("HOME") { return home + "/.local/state/upscale/bot" }
    throw UpscaleError(
      .usage, "there is no home folder to keep the bot's state in; give one with --state-dir")
  }
}
