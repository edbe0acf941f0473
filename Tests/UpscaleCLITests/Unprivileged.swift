import Foundation
import TestSupport

/// Runs the command as a user for whom file permissions apply, since they do not apply to root.
enum Unprivileged {
  private static let isRoot = geteuid() == 0
  private static let drop = ["--reuid=65534", "--regid=65534", "--clear-groups", "--no-new-privs"]

  /// False where root cannot become another user, or that user cannot run the executable.
  static let isPossible: Bool = {
    guard isRoot else { return true }
    let result = try? ProcessRunner.run("/usr/bin/setpriv", drop + [Command.path, "--version"])
    return result?.exitCode == 0
  }()

  /// What to run for the command, and with what before its arguments.
  static var program: (path: String, arguments: [String]) {
    isRoot ? ("/usr/bin/setpriv", drop + [Command.path]) : (Command.path, [])
  }

  static func run(
    _ arguments: [String], in folder: TemporaryFolder? = nil
  ) throws -> ProcessRunner.Result {
    try ProcessRunner.run(program.path, program.arguments + arguments, in: folder?.url)
  }

  /// Gives a folder to the user that programs are run as.
  static func give(_ folder: TemporaryFolder) {
    if isRoot { chown(folder.url.path, 65534, 65534) }
  }
}
