import Foundation
import TestSupport

/// Runs the command as somebody whom file permissions bind: they do not bind root.
enum Unprivileged {
  private static let isRoot = geteuid() == 0
  private static let drop = ["--reuid=65534", "--regid=65534", "--clear-groups", "--no-new-privs"]

  /// False where root cannot become somebody else, or the other one cannot run the executable.
  static let isPossible: Bool = {
    guard isRoot else { return true }
    let result = try? ProcessRunner.run("/usr/bin/setpriv", drop + [Command.path, "--version"])
    return result?.exitCode == 0
  }()

  static func run(
    _ arguments: [String], in folder: TemporaryFolder? = nil
  ) throws -> ProcessRunner.Result {
    if isRoot {
      return try ProcessRunner.run(
        "/usr/bin/setpriv", drop + [Command.path] + arguments, in: folder?.url)
    }
    return try ProcessRunner.run(Command.path, arguments, in: folder?.url)
  }
}
